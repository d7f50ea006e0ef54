using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Programs;

/// <summary><c>struct lb_case</c> in bpf/tests/lb.bpf.c: what a client asks, and what it got.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LbCase<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal ulong Netns;
    internal ulong Now;
    internal FrontendKey<TAddress> Key;
    internal TAddress Source;
    internal TAddress BackendAddr;
    internal int Verdict;
    internal uint Backend;
    internal Be16 BackendPort;
    internal ushort Pad;
}
