namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>
/// Three nodes and clients outside of them: servers in all pods, one folder of manifests, and a daemon on each node that has synced it and serves
/// packets at the node's devices. The router sends what is for Services to node a. Disposing takes all away.
/// </summary>
internal sealed class OutsideCluster : IAsyncDisposable
{
    private OutsideCluster(Lab lab) => (Lab, Manifests) = (lab, new(lab));

    /// <summary>Pods on bridges, and their packets between nodes as they are.</summary>
    public static Topology Plain { get; } = new() { Outside = ["client", "other"] };

    /// <summary>A device for each pod, and a VXLAN between the nodes: pods' MTU is 1450.</summary>
    public static Topology Overlay { get; } = Plain with { Pods = PodAttachment.Routed, VxlanPort = 8472 };

    public Lab Lab { get; }

    public ManifestFolder Manifests { get; }

    public Node NodeA => Lab.Nodes[0];

    public Node NodeB => Lab.Nodes[1];

    public Node NodeC => Lab.Nodes[2];

    /// <summary>A host outside.</summary>
    public Place Client => Lab.Outside["client"];

    /// <summary>Another one.</summary>
    public Place Other => Lab.Outside["other"];

    /// <summary>The backends: <c>web-1</c> and <c>web-2</c> on node a, <c>web-3</c> on node b, <c>web-4</c> on node c.</summary>
    public IReadOnlyList<Pod> Webs => [Lab["web-1"], Lab["web-2"], Lab["web-3"], Lab["web-4"]];

    /// <summary>The daemons, in the order of the nodes.</summary>
    public IReadOnlyList<Daemon> Daemons { get; private set; } = [];

    /// <summary>Builds the networks, writes the Node objects, and starts the servers, but no daemon.</summary>
    public static async Task<OutsideCluster> BuildAsync(Topology topology)
    {
        var lab = await Lab.BuildAsync([new("node-a", "pod-a", "web-1", "web-2"), new("node-b", "web-3"), new("node-c", "web-4")], topology);
        var cluster = new OutsideCluster(lab);
        foreach (var node in lab.Nodes)
        {
            cluster.Manifests.Apply(new NodeManifest(node, "zone-a"));
        }

        await cluster.Lab.Router.RouteVipsToAsync(cluster.NodeA);
        await Task.WhenAll(cluster.Webs.Select(pod => pod.ServeAsync()));
        return cluster;
    }

    /// <summary>Starts a daemon on each node, and waits until it serves packets.</summary>
    public async Task StartDaemonsAsync(params IEnumerable<string> more) =>
        Daemons = await Task.WhenAll(Lab.Nodes.Select(node => StartDaemonAsync(node, more)));

    /// <summary>Starts a daemon on a node, and waits until it serves packets.</summary>
    public async Task<Daemon> StartDaemonAsync(Node node, params IEnumerable<string> more)
    {
        string[] devices = ["eth0", .. await PodDevicesAsync(node)];
        var daemon = await Daemon.StartReadyAsync(node, ["--source", Manifests.Path, .. more]);
        await daemon.ServesAtAsync(devices);
        return daemon;
    }

    /// <summary>What a node's programs have counted, both families together.</summary>
    public static async Task<long> CountAsync(Node node, string counter)
    {
        var status = (await node.RunAsync(Binary.Path, "status", "--bpffs", node.BpfFolder)).MustSucceed();
        return status.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [var name, _] && name == counter)
            .Sum(words => long.Parse(words[1], null));
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();

    private static async Task<IEnumerable<string>> PodDevicesAsync(Node node)
    {
        var links = (await node.RunAsync("ip", "-o", "link", "show", "up")).MustSucceed();
        var names = links.Split('\n').Select(line => line.Split([' ', '@'], StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd(':')).ToHashSet();
        return names.Where(name => name is "cni0" or "vxlan0" || (name.StartsWith("pod", StringComparison.Ordinal) && !names.Contains("cni0")));
    }
}
