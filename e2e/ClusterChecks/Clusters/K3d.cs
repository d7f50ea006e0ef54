using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Clusters;

/// <summary>
/// Clusters of k3s. Its own load balancers are left out, whose addresses would be in the way of those that the checks write, and whatever else is of no
/// use to them. The network that k3d makes has no IPv6, so neither has the cluster.
/// </summary>
internal sealed class K3d(RunOptions options) : IClusterTool
{
    private static readonly string[] LeftOut = ["--disable-kube-proxy", "--disable=servicelb", "--disable=traefik", "--disable=metrics-server", "--disable=local-storage"];

    public string Program => "k3d";

    public string HowToGet => "https://k3d.io/stable/#installation";

    public string Network => $"k3d-{options.Name}";

    public bool IsDualStack => false;

    public ToolCall List => new(Program, "cluster", "list", "--no-headers");

    public IReadOnlyList<ToolCall> Create =>
    [
        // Pins are to outlive the pod, so mounts of a container have to be the node's: K3D_FIX_MOUNTS shares them, which newer ones do unasked.
        new ToolCall(
            "env", ["K3D_FIX_MOUNTS=1", Program, "cluster", "create", options.Name, "--servers", "1", "--agents", "2", "--no-lb",
                .. LeftOut.SelectMany(argument => new[] { "--k3s-arg", $"{argument}@server:*" }),
                "--kubeconfig-update-default=false", "--timeout", "10m",
                .. options.NodeImage is { } image ? ["--image", image] : Array.Empty<string>()])
        {
            Within = TimeSpan.FromMinutes(15),
        },
        new ToolCall(Program, "kubeconfig", "merge", options.Name, "--output", options.KubeConfig, "--overwrite"),
    ];

    public ToolCall Delete => new(Program, "cluster", "delete", options.Name);

    // By way of its own container for that, the default, k3d says of failures that all is well.
    public ToolCall Load(string archive) =>
        new ToolCall(Program, "image", "import", archive, "--cluster", options.Name, "--mode", "direct") with { Within = TimeSpan.FromMinutes(5) };

    public bool IsListed(string list) =>
        list.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, ..] && name == options.Name);

    // On each node, k3s answers for the API server: the overlay has that already.
    public string PrepareOverlay(ITools tools, ClusterNode controlPlane) => "manifests/overlays/k3s";
}
