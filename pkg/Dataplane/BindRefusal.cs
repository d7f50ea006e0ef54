using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>A process was kept from binding a port that is a NodePort on this node.</summary>
/// <param name="Process">Its name, as the kernel has it: up to 15 bytes.</param>
/// <param name="ProcessId">As seen from the first PID namespace.</param>
/// <param name="Address">What it wanted to bind; the zero address for all.</param>
/// <param name="ServicePort">Whose NodePort it is; null where that has gone meanwhile.</param>
public sealed record BindRefusal(
    string Process, int ProcessId, FrontendAddress Address, (ObjectName Service, string PortName)? ServicePort);
