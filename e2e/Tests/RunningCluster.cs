namespace KubeProxyNext.EndToEnd;

/// <summary>
/// What most tests begin with: two nodes, each in a zone of its own, a client on each, servers in all pods, one folder of manifests, and a daemon
/// on each node that has synced it. Disposing takes all away.
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

    /// <summary>Those that were started together, in the order of the nodes.</summary>
    public IReadOnlyList<Daemon> Daemons { get; private set; } = [];

    /// <summary>Builds nodes and pods, writes the Node objects, and starts the servers, but no daemon.</summary>
    public static async Task<RunningCluster> BuildAsync()
    {
        var lab = await Lab.BuildAsync([new("node-a", "client-a", "web-1", "web-2"), new("node-b", "client-b", "web-3", "web-4")]);
        var cluster = new RunningCluster(lab);
        cluster.Manifests.Apply(new NodeManifest(cluster.NodeA, "zone-a"));
        cluster.Manifests.Apply(new NodeManifest(cluster.NodeB, "zone-b"));
        await Task.WhenAll(cluster.Webs.Select(pod => pod.ServeAsync()));
        return cluster;
    }

    /// <summary>Starts a daemon on each node, and waits until their first syncs are in the kernel.</summary>
    public async Task StartDaemonsAsync(params IEnumerable<string> more) =>
        Daemons = await Task.WhenAll(Lab.Nodes.Select(node => StartDaemonAsync(node, more)));

    /// <summary>Starts a daemon that reads the folder, and waits until its first sync is in the kernel.</summary>
    public Task<Daemon> StartDaemonAsync(Node node, params IEnumerable<string> more) =>
        Daemon.StartReadyAsync(node, ["--source", Manifests.Path, .. more]);

    /// <summary>Waits until a client that asks for the greeting gets this answer: a pod's name, or the name of an errno.</summary>
    public static Task<string> SeesAsync(Place client, string address, string answer, int port = 80) => Eventually.SeesAsync(
        $"{client} asks {address} port {port}",
        () => client.PythonAsync($"print(attempt(lambda: greeting('{address}', {port})))"),
        seen => seen == answer);

    /// <summary>The same for a client that stays.</summary>
    public static Task<string> SeesAsync(PythonSession client, string address, string answer, int port = 80) => Eventually.SeesAsync(
        $"a client asks {address} port {port}", () => client.AskAsync($"greeting('{address}', {port})"), seen => seen == answer);

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
