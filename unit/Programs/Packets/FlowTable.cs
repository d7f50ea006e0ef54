using System.Buffers.Binary;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Looks at the table of flows as the programs see it (bpf/lib/flow.h), by the fields that the built object says it has.</summary>
internal sealed class FlowTable(BpfObject built, int addressSize)
{
    // Behind the addresses: ports, protocol, hook, two bytes of nothing.
    private const int KeyTail = 8;

    private readonly BpfMap _map = built.Map("flows");
    private readonly int _tags = Offset(built, "flow_bucket", "tag");
    private readonly int _ways = built.Btf.Struct("flow_bucket")!.Single(field => field.Name == "tag").Size / sizeof(uint);
    private readonly int _entries = Offset(built, "flow_bucket", "entry");
    private readonly int _entrySize = built.Btf.StructSize("flow_entry")!.Value;
    private readonly int _seen = Offset(built, "flow_entry", "flow") + Offset(built, "flow", "seen");
    private readonly int _rewrite = Offset(built, "flow_entry", "flow") + Offset(built, "flow", "to");

    /// <summary>The entries as texts, in the order of these.</summary>
    internal IEnumerable<string> Texts(AddressBook book, Ports ports) =>
        Entries().Select(entry => Text(entry, book, ports)).Order(StringComparer.Ordinal);

    /// <summary>Whether packets like this one are to be changed at that hook.</summary>
    internal bool Has(bool isEgress, IpPacket ip)
    {
        var ports = (PortTransport)ip.Transport;
        Span<byte> key = stackalloc byte[2 * addressSize + KeyTail];
        ip.Source.WriteBytes(key);
        ip.Destination.WriteBytes(key[addressSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(key[(2 * addressSize)..], ports.Source);
        BinaryPrimitives.WriteUInt16BigEndian(key[(2 * addressSize + 2)..], ports.Destination);
        key[2 * addressSize + 4] = ports.Protocol;
        key[2 * addressSize + 5] = isEgress ? (byte)1 : (byte)0;
        foreach (var entry in Entries())
        {
            if (entry.AsSpan().StartsWith(key))
            {
                // There is one for those that are left as they are, too.
                return !entry.AsSpan(_rewrite).StartsWith(key[..^4]);
            }
        }

        return false;
    }

    /// <summary>Takes so many ticks from the time of the newest packet of each.</summary>
    internal void Age(uint ticks)
    {
        var value = new byte[_map.ValueSize];
        for (var bucket = 0; bucket < _map.MaxEntries; bucket++)
        {
            _map.Read(bucket, value);
            for (var way = 0; way < _ways; way++)
            {
                var seen = value.AsSpan(_entries + way * _entrySize + _seen, sizeof(uint));
                BitConverter.TryWriteBytes(seen, BitConverter.ToUInt32(seen) - ticks);
            }

            _map.Write(bucket, value);
        }
    }

    internal void Clear()
    {
        var empty = new byte[_map.ValueSize];
        for (var bucket = 0; bucket < _map.MaxEntries; bucket++)
        {
            _map.Write(bucket, empty);
        }
    }

    private IEnumerable<byte[]> Entries()
    {
        var value = new byte[_map.ValueSize];
        for (var bucket = 0; bucket < _map.MaxEntries; bucket++)
        {
            _map.Read(bucket, value);
            for (var way = 0; way < _ways; way++)
            {
                if (BitConverter.ToUInt32(value, _tags + way * sizeof(uint)) != 0)
                {
                    yield return value[(_entries + way * _entrySize)..][.._entrySize];
                }
            }
        }
    }

    private string Text(byte[] entry, AddressBook book, Ports ports)
    {
        // Both the key and the rewrite begin with two addresses and two ports; protocol and hook follow in the key.
        var protocol = (Protocol)entry[2 * addressSize + 4];
        var isEgress = entry[2 * addressSize + 5] != 0;
        return $"{(isEgress ? "out" : "in")} {protocol.ToString().ToLowerInvariant()} {Tuple(entry, book, ports)} "
            + $"=> {Tuple(entry.AsSpan(_rewrite), book, ports)}";
    }

    private string Tuple(ReadOnlySpan<byte> bytes, AddressBook book, Ports ports)
    {
        var (source, destination) = (IpAddress.FromBytes(bytes[..addressSize]), IpAddress.FromBytes(bytes[addressSize..][..addressSize]));
        return $"{book.Name(source)}:{Port(bytes[(2 * addressSize)..], ports)} > {book.Name(destination)}:{Port(bytes[(2 * addressSize + 2)..], ports)}";
    }

    private static string Port(ReadOnlySpan<byte> bytes, Ports ports) => ports.NameOf(BinaryPrimitives.ReadUInt16BigEndian(bytes));

    private static int Offset(BpfObject built, string name, string field) => built.Btf.Struct(name)!.Single(found => found.Name == field).Offset;
}
