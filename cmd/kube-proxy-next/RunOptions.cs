using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Planning;

namespace KubeProxyNext;

/// <summary>What the daemon was started with.</summary>
/// <param name="Source">Folder of manifests; null for an API server.</param>
/// <param name="KubeConfig">Path of a kubeconfig; null for <c>KUBECONFIG</c> or, in a pod, the service account.</param>
/// <param name="Master">API server URL that stands in for the kubeconfig's; null for none.</param>
/// <param name="Cgroup">Directory of cgroup2 whose processes are served.</param>
/// <param name="Bpffs">Folder for pins.</param>
/// <param name="NodeName">Trimmed and in lower case (behaviour 11.1).</param>
internal sealed record RunOptions(
    string? Source,
    string? KubeConfig,
    string? Master,
    string Cgroup,
    string Bpffs,
    string NodeName,
    MapCapacities Capacities)
{
    /// <summary>On which addresses NodePorts are answered.</summary>
    public required NodePortOptions NodePorts { get; init; }

    /// <summary>Whether processes are kept from binding NodePorts.</summary>
    public required bool BindProtection { get; init; }

    /// <summary>At which devices packets from outside are served.</summary>
    public required DeviceOptions Devices { get; init; }

    /// <summary>How programs are attached to them.</summary>
    public required DeviceAttach Attach { get; init; }

    /// <summary>How pods of this node are told from others.</summary>
    public required LocalMode LocalMode { get; init; }

    /// <summary>Whether all that comes to ClusterIPs by a device gets the node's address.</summary>
    public required bool MasqueradeAll { get; init; }

    /// <summary>How long flows live without packets.</summary>
    public required FlowTimeouts FlowTimeouts { get; init; }

    /// <summary>Slots of a Maglev table.</summary>
    public required int MaglevTableSize { get; init; }
}
