namespace KubeProxyNext.EndToEnd;

/// <summary>
/// What most tests begin with: two nodes, a client on each, servers in all pods, one folder of manifests, and a daemon on each node that has synced
/// it. Disposing takes all away.
/// </summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private RunningCluster(Lab lab) => (Lab, Manifests) = (lab, new(lab));

    public Lab Lab { get; }

    public ManifestFolder Manifests { get; }

    public Node NodeA => Lab.Nodes[0];

    public Node NodeB => Lab.Nodes[1];

    /// <summary>A pod on node a that is no backend of anything.</summary>
    public Pod Client => Lab["client-a"];

    /// <summary>The backends: <c>web-1</c> and <c>web-2</c> on node a, <c>web-3</c> and <c>web-4</c> on node b.</summary>
    public IReadOnlyList<Pod> Webs => [.. Lab.Nodes.SelectMany(node => node.Pods).Where(pod => pod.Name.StartsWith("web", StringComparison.Ordinal))];

    /// <summary>Builds nodes and pods and starts the servers, but no daemon.</summary>
    public static async Task<RunningCluster> BuildAsync()
    {
        var lab = await Lab.BuildAsync([new("node-a", "client-a", "web-1", "web-2"), new("node-b", "client-b", "web-3", "web-4")]);
        var cluster = new RunningCluster(lab);
        await Task.WhenAll(cluster.Webs.Select(pod => pod.ServeAsync()));
        return cluster;
    }

    /// <summary>Builds everything, and starts a daemon on each node once the services are in the folder.</summary>
    public static async Task<RunningCluster> StartAsync(Func<RunningCluster, IEnumerable<ServiceManifest>> services)
    {
        var cluster = await BuildAsync();
        foreach (var service in services(cluster))
        {
            cluster.Manifests.Apply(service);
        }

        await Task.WhenAll(cluster.StartDaemonAsync(cluster.NodeA), cluster.StartDaemonAsync(cluster.NodeB));
        return cluster;
    }

    /// <summary>Starts a daemon that reads the folder, and waits until its first sync is in the kernel.</summary>
    public Task<Daemon> StartDaemonAsync(Node node, params IEnumerable<string> more) =>
        Daemon.StartReadyAsync(node, ["--source", Manifests.Path, .. more]);

    /// <summary>Waits until a client that asks for the greeting on <paramref name="address"/> port 80 gets this answer: a pod's name, or the name of an errno.</summary>
    public static Task<string> SeesAsync(Place client, string address, string answer) => Eventually.SeesAsync(
        $"{client} asks {address}", () => client.PythonAsync($"print(attempt(lambda: greeting('{address}', 80)))"), seen => seen == answer);

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
