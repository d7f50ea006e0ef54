using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct flow</c> in bpf/lib/packet_types.h, IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Flow6
{
    internal uint Check;
    internal uint Seen;
    internal RewriteValue<Address6> To;
    internal FlowFlags Flags;
    internal byte TcpFlags;
    internal byte Pad;
    internal uint Service;
    internal uint Backend;
    internal uint Generation;
    internal NextHopValue Hop;
    internal Address6 Masquerade;
    internal Be16 MasqueradePort;
    internal ushort Pad2;
    internal uint ServiceGeneration;
    internal uint Pad3;
    internal ulong Packets;
    internal ulong Bytes;
}

/// <summary><c>struct flow_entry</c> in bpf/lib/packet_types.h, IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowEntry6 : IFlowEntry<Address6>
{
    internal FlowKey<Address6> Key;
    internal Flow6 Flow;
    internal Traffic Taken;

    public readonly FlowRecord<Address6> Read() => new(
        Key, Flow.Check, Flow.Seen, Flow.To, Flow.Flags, Flow.TcpFlags, Flow.Packets, Flow.Masquerade, Flow.MasqueradePort);
}
