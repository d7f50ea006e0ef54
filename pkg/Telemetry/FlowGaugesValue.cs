using System.Runtime.InteropServices;

namespace KubeProxyNext.Telemetry;

/// <summary><c>struct flow_gauges</c> in bpf/lib/packet_types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FlowGaugesValue
{
    internal readonly ulong Entries;
    internal readonly ulong Connections;
}
