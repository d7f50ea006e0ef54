using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.NodePorts;

/// <summary>A Service with one port, dialled from outside.</summary>
/// <param name="IsLocal">Whether its external policy is Local.</param>
internal sealed record NodePortService(string Name, string ClusterIp, int NodePort, int Target, IReadOnlyList<Pod> Backends, bool IsLocal = false)
{
    public const int Port = 80;

    public ServiceManifest ToManifest()
    {
        var manifest = new ServiceManifest(Name, ClusterIp).Port(Port, Target, nodePort: NodePort).Backends(Backends);
        return IsLocal ? manifest.ExternalLocal() : manifest;
    }
}
