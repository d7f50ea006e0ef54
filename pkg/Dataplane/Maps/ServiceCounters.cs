using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct service_counters</c> in bpf/lib/types.h: of one service port on one CPU.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ServiceCounters
{
    internal ulong Connections;
    internal ulong Refused;
}
