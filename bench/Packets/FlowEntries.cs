using System.Buffers.Binary;
using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <summary>Finds entries in the table of flows (bpf/lib/flow.h), by the fields that the built object says it has.</summary>
internal sealed class FlowEntries(BpfObject built, int addressSize)
{
    private readonly BpfMap _map = built.Map("flows");
    private readonly int _first = Offset(built, "flow_bucket", "entry");
    private readonly int _size = built.Btf.StructSize("flow_entry")!.Value;
    private readonly int _rewrite = Offset(built, "flow_entry", "flow") + Offset(built, "flow", "to");
    private readonly int _keySize = built.Btf.StructSize("flow_key")!.Value;

    /// <summary>The entry for TCP packets from a client that come in.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public FlowEntry Find(IpAddress client, IpAddress to, ushort port)
    {
        var key = Key(client, to, port);
        var value = new byte[_map.ValueSize];
        for (var bucket = 0; bucket < _map.MaxEntries; bucket++)
        {
            _map.Read(bucket, value);
            for (var at = _first; at + _size <= value.Length; at += _size)
            {
                if (value.AsSpan(at, _keySize).SequenceEqual(key))
                {
                    return new(_map, bucket, at, at + _rewrite, addressSize);
                }
            }
        }

        throw new LabException($"there is no flow from {client} to {to}:{port}");
    }

    private byte[] Key(IpAddress client, IpAddress to, ushort port)
    {
        var key = new byte[_keySize];
        client.WriteBytes(key);
        to.WriteBytes(key.AsSpan(addressSize));
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(2 * addressSize), Frames.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(2 * addressSize + 2), port);
        key[2 * addressSize + 4] = (byte)Protocol.Tcp;
        return key;
    }

    private static int Offset(BpfObject built, string name, string field) => built.Btf.Struct(name)!.Single(found => found.Name == field).Offset;
}
