using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Programs;

/// <summary><c>struct lb_case</c> in bpf/tests/lb.bpf.c: what a client asks, and what it got.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LbCase<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const int Refused = -111, TimedOut = -110, LeftAlone = 1;

    internal ulong Netns;
    internal ulong Now;
    internal FrontendKey<TAddress> Key;
    internal TAddress Source;
    internal TAddress BackendAddr;
    internal int Verdict;
    internal uint Backend;
    internal Be16 BackendPort;
    internal ushort Pad;

    /// <summary>What a client meets who gets no backend; null for one who does.</summary>
    internal readonly string? WithoutBackend => Verdict switch
    {
        0 => null,
        Refused => "reject",
        TimedOut => "drop",
        LeftAlone => "left alone",
        _ => $"errno {-Verdict}",
    };
}
