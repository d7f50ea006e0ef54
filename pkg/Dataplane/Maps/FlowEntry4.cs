using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct flow</c> in bpf/lib/packet_types.h, IPv4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Flow4
{
    internal uint Check;
    internal uint Seen;
    internal RewriteValue<Address4> To;
    internal FlowFlags Flags;
    internal byte TcpFlags;
    internal byte Pad;
    internal uint Service;
    internal uint Backend;
    internal uint Generation;
    internal NextHopValue Hop;
    internal Address4 Masquerade;
    internal Be16 MasqueradePort;
    internal ushort Pad2;
    internal uint ServiceGeneration;
    internal ulong Packets;
    internal ulong Bytes;
}

/// <summary><c>struct flow_entry</c> in bpf/lib/packet_types.h, IPv4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowEntry4 : IFlowEntry<Address4>
{
    internal FlowKey<Address4> Key;
    internal Flow4 Flow;
    internal Traffic Taken;

    public readonly FlowRecord<Address4> Read() => new(
        Key, Flow.Check, Flow.Seen, Flow.To, Flow.Flags, Flow.TcpFlags, Flow.Packets, Flow.Masquerade, Flow.MasqueradePort);
}
