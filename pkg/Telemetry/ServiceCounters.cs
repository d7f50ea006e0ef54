using System.Runtime.InteropServices;

namespace KubeProxyNext.Telemetry;

/// <summary><c>struct service_counters</c> in bpf/lib/types.h: of one service port on one CPU.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ServiceCounters
{
    internal readonly ulong Connections;
    internal readonly ulong Refused;
}
