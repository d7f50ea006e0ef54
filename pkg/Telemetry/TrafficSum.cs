using System.Runtime.InteropServices;

namespace KubeProxyNext.Telemetry;

/// <summary><c>struct traffic</c> in bpf/lib/types.h: what has gone one way.</summary>
/// <param name="Bytes">Of IP packets with their headers.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TrafficSum(ulong Packets, ulong Bytes)
{
    public static TrafficSum operator +(TrafficSum a, TrafficSum b) => new(a.Packets + b.Packets, a.Bytes + b.Bytes);
}
