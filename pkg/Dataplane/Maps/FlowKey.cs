using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>enum hook</c> in bpf/lib/packet_types.h.</summary>
internal enum FlowHook : byte
{
    Ingress,
    Egress,
}

/// <summary><c>struct flow_key</c> in bpf/lib/packet_types.h: a packet as it is on the wire, and the hook where it is met.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FlowKey<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly TAddress Saddr;
    internal readonly TAddress Daddr;
    internal readonly Be16 Sport;
    internal readonly Be16 Dport;
    internal readonly byte Protocol;
    internal readonly FlowHook Hook;
    internal readonly ushort Pad;

    internal FlowKey(TAddress saddr, Be16 sport, TAddress daddr, Be16 dport, byte protocol, FlowHook hook)
    {
        (Saddr, Sport, Daddr, Dport) = (saddr, sport, daddr, dport);
        (Protocol, Hook, Pad) = (protocol, hook, 0);
    }
}
