using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks;

/// <summary>From nothing to a cluster with the program and the workload in it, and a container outside of it.</summary>
internal sealed class Deployment(ITools tools, IClusterTool tool, Kubectl kubectl, RunOptions options, Report report)
{
    private const int NodeCount = 3;
    private const string Archive = "out/kube-proxy-next.tar";
    private const string DnsServer = "deployment/coredns";

    // Images come over the network, from registries that may be slow.
    private static readonly TimeSpan WithDownloads = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    /// <summary>Builds the image, while there is no cluster that waits for it.</summary>
    public Task BuildImageAsync(CancellationToken cancellation) =>
        RunAsync(new ToolCall("make", "image") { Within = TimeSpan.FromMinutes(30) }, cancellation);

    public async Task CreateClusterAsync(CancellationToken cancellation)
    {
        tools.MakeFolder(options.Folder);
        foreach (var call in tool.Create)
        {
            await RunAsync(call, cancellation);
        }
    }

    /// <summary>Deploys the program, and waits until nodes and names work by it.</summary>
    public async Task<IReadOnlyList<ClusterNode>> DeployAsync(CancellationToken cancellation)
    {
        await RunAsync(tool.Load(Archive), cancellation);
        var nodes = await NodesAsync(cancellation);
        await RunAsync(kubectl.ApplyFolder(tool.PrepareOverlay(tools, nodes.First(node => node.IsControlPlane))), cancellation);
        await RunAsync(kubectl.RolloutOf(Kubectl.DaemonSet, WithDownloads), cancellation);
        await RunAsync(kubectl.WaitForReady("nodes", Soon), cancellation);
        await UntilItSucceedsAsync(kubectl.RolloutOf(DnsServer, Soon), cancellation);
        return nodes;
    }

    /// <summary>Makes what the checks ask, and whoever asks.</summary>
    public async Task<ClusterFacts> PopulateAsync(IReadOnlyList<ClusterNode> nodes, CancellationToken cancellation)
    {
        var workers = nodes.Where(node => !node.IsControlPlane).ToList();
        await UntilItSucceedsAsync(kubectl.Apply(Workload.Render(workers[0], workers[1], options.TestImage)), cancellation);
        await RunAsync(kubectl.WaitForReady("pods", WithDownloads), cancellation);
        await RunAsync(
            new ToolCall("docker", "run", "--detach", "--name", options.Outside, "--network", tool.Network, "--cap-add", "NET_ADMIN", options.TestImage,
                "netexec", "--http-port=8080", "--udp-port=8081")
            { Within = WithDownloads },
            cancellation);
        var services = ServiceFacts.Read(await RunAsync(kubectl.Services, cancellation));
        var pods = ClusterFacts.ReadPods(await RunAsync(kubectl.Pods, cancellation));
        var outside = Outside.Read(await RunAsync(new("docker", "inspect", options.Outside), cancellation), tool.Network);
        var cluster = new ClusterFacts(nodes, services, pods, outside);
        await BalanceAsync(cluster, cancellation);
        return cluster;
    }

    /// <summary>Gives the load balancers their addresses, and the container outside a way to them: to one worker each.</summary>
    private async Task BalanceAsync(ClusterFacts cluster, CancellationToken cancellation)
    {
        var families = cluster.Families.ToList();
        await RunAsync(kubectl.Balance("front", families.Select(Workload.FrontAddress)), cancellation);
        await RunAsync(kubectl.Balance("seen", families.Select(Workload.SeenAddress)), cancellation);
        foreach (var family in families)
        {
            await RunAsync(Route(Workload.FrontAddress(family), cluster.Worker1.At(family)!), cancellation);
            await RunAsync(Route(Workload.SeenAddress(family), cluster.Worker2.At(family)!), cancellation);
        }
    }

    private ToolCall Route(string address, string by) => new("docker", "exec", options.Outside, "ip", "route", "add", address, "via", by);

    // Agents of k3s come by themselves, after the cluster is called ready.
    private async Task<IReadOnlyList<ClusterNode>> NodesAsync(CancellationToken cancellation)
    {
        report.Say($"{kubectl.Nodes}");
        var (last, _) = await tools.TryUntilAsync(
            kubectl.Nodes, result => result.ExitCode == 0 && ClusterNode.Read(result.Output).Count == NodeCount, Soon, cancellation);
        var nodes = ClusterNode.Read(last.MustSucceed());
        return nodes.Count == NodeCount ? nodes : throw new LabException($"{nodes.Count} nodes came with an IPv4 address, and {NodeCount} were asked for");
    }

    // What the cluster makes by itself may not be there yet: CoreDNS of k3s, the service account of the namespace.
    private async Task UntilItSucceedsAsync(ToolCall call, CancellationToken cancellation)
    {
        report.Say($"{call}");
        var (last, _) = await tools.TryUntilAsync(call, result => result.ExitCode == 0, Soon, cancellation);
        last.MustSucceed();
    }

    private Task<string> RunAsync(ToolCall call, CancellationToken cancellation)
    {
        report.Say($"{call}");
        return tools.RunAsync(call, cancellation);
    }
}
