using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Demo;

/// <summary>
/// Two nodes, their pods with servers in them, a daemon on each, fed from a copy of <c>manifests/demo</c>, and a host outside, whose packets to
/// Services are for node-a.
/// </summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    private const string OutsideName = "outside";

    private DemoCluster(Lab lab) => (Lab, Manifests) = (lab, new(lab));

    public Lab Lab { get; }

    public ManifestFolder Manifests { get; }

    public Node NodeA => Lab.Nodes[0];

    public Node NodeB => Lab.Nodes[1];

    /// <summary>Pods to type commands in, one on each node.</summary>
    public Pod ShellA => Lab["shell-a"];

    public Pod ShellB => Lab["shell-b"];

    /// <summary>A host that is no part of the cluster.</summary>
    public Place Outside => Lab.Outside[OutsideName];

    /// <summary>The daemons, in the order of the nodes.</summary>
    public IReadOnlyList<Daemon> Daemons { get; private set; } = [];

    /// <summary>Builds nodes and pods. Their addresses are those that the manifests name.</summary>
    public static async Task<DemoCluster> BuildAsync(CancellationToken cancellation)
    {
        NodePlan[] nodes = [new("node-a", "shell-a", "web-1"), new("node-b", "web-2", "web-3", "dns", "shell-b")];
        var cluster = new DemoCluster(await Lab.BuildAsync(nodes, new Topology { Outside = [OutsideName] }, cancellation));
        await cluster.Lab.Router.RouteVipsToAsync(cluster.NodeA);
        return cluster;
    }

    public Task StartServersAsync() =>
        Task.WhenAll(Lab.Nodes.SelectMany(node => node.Pods).Where(pod => pod != ShellA && pod != ShellB).Select(pod => pod.ServeAsync()));

    public void CopyManifests()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Binary.RepositoryRoot, "manifests", "demo"), "*.yaml"))
        {
            Manifests.Write(Path.GetFileName(file), File.ReadAllText(file));
        }
    }

    public async Task StartDaemonsAsync()
    {
        Daemons = await Task.WhenAll(Lab.Nodes.Select(node => Daemon.StartReadyAsync(node, "--source", Manifests.Path)));
        await Task.WhenAll(Daemons.Select(daemon => daemon.ServesAtAsync("eth0", "cni0")));
    }

    /// <summary>Leaves everything standing, with fresh daemons that log to files, since the demo's own ends of their pipes go with it.</summary>
    public async Task KeepAsync()
    {
        foreach (var daemon in Daemons)
        {
            await daemon.DisposeAsync();
            var log = LogOf(daemon.Node);
            await File.WriteAllTextAsync(log, "");
            Daemon.StartLoggingTo(log, daemon.Node, "--source", Manifests.Path);
            await Eventually.SeesAsync(log, () => File.ReadAllTextAsync(log), text => text.Contains("Ready:", StringComparison.Ordinal));
        }

        await Lab.KeepAsync();
    }

    public string LogOf(Node node) => $"{Lab.StateFolder}/{node.Name}.log";

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
