using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct service_traffic</c> in bpf/lib/types.h: of one service port. Programs and sweeps add, we begin anew.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ServiceTrafficValue
{
    internal Traffic ToBackends;
    internal Traffic ToClients;
    internal uint Generation;
    internal uint Pad;
}
