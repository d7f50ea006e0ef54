namespace KubeProxyNext.Laboratory;

/// <summary>Lays the cables: makes the network namespaces, and in each what <c>ip</c> is told by those who know about it.</summary>
internal sealed class Wiring(string prefix, IReadOnlyList<NodePlan> nodes, Topology topology)
{
    private static readonly string[] Ip = ["ip", "-batch", "-"];

    public NetworkNamespace Underlay => Namespace(RouterWiring.Underlay);

    public NetworkNamespace Namespace(string place) => new($"{prefix}-{place}");

    public async Task LayAsync(CancellationToken cancellation)
    {
        var hosts = topology.Outside.Select(RouterWiring.NetworkOf);
        NetworkNamespace[] all = [Underlay, .. nodes.SelectMany(node => node.Pods.Prepend(node.Name)).Concat(hosts).Select(Namespace)];
        await Command.RunAsync("ip", Ip[1..], Lines(all.Select(one => $"netns add {one.Name}")), cancellation);
        foreach (var one in all)
        {
            one.Run(Tuning.ForNewDevices);
        }

        await LayAroundAsync(cancellation);
        for (var node = 1; node <= nodes.Count; node++)
        {
            await LayNodeAsync(node, cancellation);
        }
    }

    private async Task LayAroundAsync(CancellationToken cancellation)
    {
        if (topology.HasRouter)
        {
            Underlay.Run(Tuning.ForRouting);
            Underlay.Run(Tuning.ForSpreadingFlows);
        }

        await BatchAsync(Underlay, Ip, new RouterWiring(Namespace, nodes, topology.Outside).Lines(), cancellation);
        for (var host = 0; host < topology.Outside.Count; host++)
        {
            await BatchAsync(Namespace(RouterWiring.NetworkOf(topology.Outside[host])), Ip, RouterWiring.HostLines(host), cancellation);
        }
    }

    private async Task LayNodeAsync(int node, CancellationToken cancellation)
    {
        var network = Namespace(nodes[node - 1].Name);
        NetworkNamespace[] pods = [.. nodes[node - 1].Pods.Select(Namespace)];
        var cables = new PodWiring(node, pods, topology);
        network.Run(Tuning.ForRouting);
        await BatchAsync(network, Ip, new NodeWiring(node, nodes.Count, topology).Lines().Concat(cables.NodeLines()), cancellation);
        for (var pod = 0; pod < pods.Length; pod++)
        {
            var services = topology.ServicesLeaveNodes ? [] : NodeWiring.NoWayToServices;
            await BatchAsync(pods[pod], Ip, cables.PodLines(pod).Concat(services), cancellation);
        }

        if (topology.VxlanPort is { } port)
        {
            await BatchAsync(network, ["bridge", "-batch", "-"], new Overlay(node, nodes.Count, port).ForwardingLines(), cancellation);
        }

        if (topology.ServicesLeaveNodes)
        {
            await BatchAsync(network, ["ip", "-4", "-batch", "-"], NodeWiring.RefusalLines("."), cancellation);
            await BatchAsync(network, ["ip", "-6", "-batch", "-"], NodeWiring.RefusalLines(":"), cancellation);
        }
    }

    /// <summary>Not <c>ip netns exec</c> nor <c>ip -n</c>: those mount a fresh <c>/sys</c> each time.</summary>
    private static Task<string> BatchAsync(
        NetworkNamespace inside, IEnumerable<string> program, IEnumerable<string> lines, CancellationToken cancellation) =>
        Command.RunAsync("nsenter", [$"--net={inside.Path}", .. program], Lines(lines), cancellation);

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
