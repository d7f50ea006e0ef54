using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct rewrite</c> in bpf/lib/packet_types.h: what packets of a flow get.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RewriteValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly TAddress Saddr;
    internal readonly TAddress Daddr;
    internal readonly Be16 Sport;
    internal readonly Be16 Dport;
    internal readonly uint AddrDiff;
    internal readonly uint PortDiff;
}
