using System.Runtime.InteropServices;

namespace KubeProxyNext.Telemetry;

/// <summary><c>struct service_traffic</c> in bpf/lib/types.h: of one service port.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ServiceTraffic(TrafficSum toBackends, TrafficSum toClients)
{
    internal readonly TrafficSum ToBackends = toBackends;
    internal readonly TrafficSum ToClients = toClients;
    internal readonly uint Generation = 0;
    internal readonly uint Pad = 0;
}
