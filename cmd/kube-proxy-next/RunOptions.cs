using System.Net;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext;

/// <summary>What the daemon was started with.</summary>
/// <param name="Source">Folder of manifests; null for an API server.</param>
/// <param name="KubeConfig">Path of a kubeconfig; null for <c>KUBECONFIG</c> or, in a pod, the service account.</param>
/// <param name="Master">API server URL that stands in for the kubeconfig's; null for none.</param>
/// <param name="Cgroup">Directory of cgroup2 whose processes are served.</param>
/// <param name="Bpffs">Folder for pins.</param>
/// <param name="Most">How large maps may become.</param>
/// <param name="NodeName">Trimmed and in lower case (behaviour 11.1).</param>
internal sealed record RunOptions(
    string? Source,
    string? KubeConfig,
    string? Master,
    string Cgroup,
    string Bpffs,
    string NodeName,
    MapCapacities Most)
{
    /// <summary>How large maps are where nothing is known of what is needed.</summary>
    public MapCapacities Usual { get; init; } = new();

    /// <summary>Whether a process that works on the same pins is to let go.</summary>
    public bool TakesOver { get; init; }

    /// <summary>How often what somebody else may have changed in the kernel is looked for; zero for never.</summary>
    public TimeSpan AuditInterval { get; init; }

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

    /// <summary>Stands in for what the Node object says of the node's address in this family; null for nothing.</summary>
    public IpAddress? NodeAddress { get; init; }

    /// <summary>Whether external IPs of Services are served.</summary>
    public bool ServesExternalIPs { get; init; } = true;

    /// <summary>Whether external IPs are refused, and their Services told.</summary>
    public bool DeniesExternalIPs { get; init; }

    /// <summary>Where external IPs are served; empty for everywhere.</summary>
    public ValueArray<IpNetwork> ExternalIPNetworks { get; init; }

    /// <summary>Requests a second to the API server, after <see cref="RequestBurst"/> at once; less than 0 for no limit.</summary>
    public double RequestsPerSecond { get; init; } = 5;

    /// <summary>Requests to the API server that may follow each other at once.</summary>
    public int RequestBurst { get; init; } = 10;

    /// <summary>Where <c>/healthz</c> and <c>/livez</c> are answered; null for nowhere. A wildcard of either family stands for both.</summary>
    public IPEndPoint? HealthzAddress { get; init; } = new(IPAddress.Any, 10256);

    /// <summary>Where <c>/metrics</c> is answered; null for nowhere. A wildcard of either family stands for both.</summary>
    public IPEndPoint? MetricsAddress { get; init; } = new(IPAddress.Loopback, 10249);

    /// <summary>Whether the daemon ends where it cannot listen at one of the two, instead of trying again.</summary>
    public bool BindAddressHardFail { get; init; }

    /// <summary>Half of the time after which changes that are not in force make the node unhealthy (behaviour 7.1).</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the metrics server shows what is for developers.</summary>
    public bool Profiling { get; init; }

    /// <summary>Whether what kube-proxy left on the node is removed after the first sync.</summary>
    public bool CleanupKubeProxy { get; init; }

    /// <summary>Every flag with the value that is in force, for <c>/flagz</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Flags { get; init; } = [];

    /// <summary>The options in force as a <c>KubeProxyConfiguration</c> in JSON, for <c>/configz</c>.</summary>
    public string ProxyConfiguration { get; init; } = "{}";
}
