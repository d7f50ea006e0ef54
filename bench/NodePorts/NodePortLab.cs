using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Rules;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.NodePorts;

/// <summary>
/// A host outside, a router, and three nodes without an overlay: one served by this project, one by nftables rules, and one with backends. The
/// first two have the same Services: one with backends on the third alone, and one of policy Local with a backend of their own.
/// </summary>
internal sealed class NodePortLab : IAsyncDisposable
{
    /// <summary>NodePorts: the target is that of connections, or that of streams.</summary>
    public const int Connections = 30080, LocalConnections = 30081, Streams = 30520, LocalStreams = 30521;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lab _lab;
    private readonly List<IAsyncDisposable> _running = [];

    private NodePortLab(Lab lab) => _lab = lab;

    public Node Ours => _lab.Nodes[0];

    public Node Nftables => _lab.Nodes[1];

    public Place Client => _lab.Outside["client"];

    /// <summary>A backend, to which the router sends packets by its own node.</summary>
    public Pod Direct => _lab["far-1"];

    /// <summary>A pod of the same node, to which the router sends packets by <see cref="Ours"/>: as far as to a backend by a NodePort.</summary>
    public Pod Forwarded => _lab["far-3"];

    public LoadClient Load { get; private set; } = null!;

    public static async Task<NodePortLab> BuildAsync(CancellationToken cancellation)
    {
        NodePlan[] nodes = [new("ours", ["ours-1"]), new("nft", ["nft-1"]), new("far", ["far-1", "far-2", "far-3"])];
        var lab = new NodePortLab(await Lab.BuildAsync(nodes, new Topology { Outside = ["client"] }, cancellation));
        try
        {
            await lab.StartAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in Enumerable.Reverse(_running))
        {
            await running.DisposeAsync();
        }

        await _lab.DisposeAsync();
    }

    private async Task StartAsync()
    {
        // What is no part of the comparison costs as little as it can; kube-proxy needs netfilter to see what bridges of its node carry.
        foreach (var place in _lab.Nodes.Where(node => node != Nftables).Append<Place>(_lab.Router))
        {
            place.Tune("bridge/bridge-nf-call-iptables", "0");
        }

        await _lab.Router.RoutePodsAsync(_lab.Nodes);
        await _lab.Router.IpAsync("route", "replace", $"{Forwarded.IPv4}/32", "via", Ours.IPv4);
        foreach (var pod in _lab.Nodes.SelectMany(node => node.Pods))
        {
            _running.Add(await Server.StartAsync(pod));
            _running.Add(await Iperf.ServeAsync(pod));
        }

        Load = await LoadClient.StartAsync(Client);
        _running.Add(Load);
        await NftablesNodePorts.LoadAsync(Nftables, $"{_lab.StateFolder}/nodeports.rules", ServicesOf(Nftables));
        await ServeOursAsync();
    }

    private async Task ServeOursAsync()
    {
        var manifests = new ManifestFolder(_lab);
        foreach (var service in ServicesOf(Ours))
        {
            manifests.Apply(service.ToManifest());
        }

        var daemon = await Daemon.StartReadyAsync(Ours, "--source", manifests.Path, "--devices", "eth0");
        _running.Add(daemon);
        await daemon.Log.WaitForAsync("Serves packets at device eth0 ", Patience);
    }

    private NodePortService[] ServicesOf(Node node) =>
    [
        new("web", "10.96.0.10", Connections, Server.Ports[0], [_lab["far-1"], _lab["far-2"]]),
        new("web-local", "10.96.0.11", LocalConnections, Server.Ports[0], node.Pods, IsLocal: true),
        new("stream", "10.96.0.12", Streams, Iperf.Port, [_lab["far-1"]]),
        new("stream-local", "10.96.0.13", LocalStreams, Iperf.Port, node.Pods, IsLocal: true),
    ];
}
