using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct flow_sweep</c> in bpf/lib/packet_types.h: how far a sweep has come.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowSweepValue
{
    internal uint Bucket;
    internal uint Pad;
    internal ulong Entries;
    internal ulong Connections;
}
