using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary><c>struct flow_case</c> in bpf/tests/flows.bpf.c as bytes; where its fields lie is asked of the object.</summary>
internal sealed class FlowImage(Btf btf)
{
    internal byte[] Bytes { get; } = new byte[btf.StructSize("flow_case")!.Value];

    internal int Error => BinaryPrimitives.ReadInt32LittleEndian(At("flow_case", "err"));

    internal uint Now => BinaryPrimitives.ReadUInt32LittleEndian(At("flow_case", "now"));

    /// <summary>A packet as it is on the wire, by its ends, and where it is met.</summary>
    internal void SetKey(FlowTuple tuple, Protocol protocol, bool atEgress)
    {
        var key = At("flow_case", "key");
        WriteTuple(key, "flow_key", tuple);
        key[Field("flow_key", "protocol").Offset] = (byte)protocol;
        key[Field("flow_key", "hook").Offset] = atEgress ? (byte)1 : (byte)0;
    }

    /// <summary>What it becomes.</summary>
    internal void SetRewrite(FlowTuple tuple) => WriteTuple(At("flow_case", "flow")[Field("flow", "to").Offset..], "rewrite", tuple);

    /// <summary>Another field of the entry.</summary>
    internal void Set<T>(string field, T value)
        where T : unmanaged
    {
        var (_, offset, size) = Field("flow", field);
        Assert.That(Marshal.SizeOf<T>(), Is.EqualTo(size), field);
        MemoryMarshal.Write(At("flow_case", "flow")[offset..], in value);
    }

    private void WriteTuple(Span<byte> at, string type, FlowTuple tuple)
    {
        WriteAddress(at, type, "saddr", tuple.Source.Ip);
        WriteAddress(at, type, "daddr", tuple.Target.Ip);
        BinaryPrimitives.WriteUInt16BigEndian(at[Field(type, "sport").Offset..], tuple.Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(at[Field(type, "dport").Offset..], tuple.Target.Port);
    }

    private void WriteAddress(Span<byte> at, string type, string field, IpAddress address)
    {
        var bytes = new byte[16];
        address.WriteBytes(bytes);
        bytes.AsSpan(0, Field(type, field).Size).CopyTo(at[Field(type, field).Offset..]);
    }

    private Span<byte> At(string type, string field) => Bytes.AsSpan(Field(type, field).Offset);

    private BtfField Field(string type, string field) => btf.Struct(type)!.Single(candidate => candidate.Name == field);
}
