namespace KubeProxyNext.Laboratory;

/// <summary>Lays the cables: network namespaces, the network around the nodes, a bridge on each node for its pods, addresses, routes.</summary>
internal sealed class Wiring(string prefix, IReadOnlyList<NodePlan> nodes, Topology topology)
{
    /// <summary>Without a dataplane, who calls a Service is told so at once, and not after the retransmissions of an unanswered SYN.</summary>
    private static readonly string[] NoWayToServices = [.. Addresses.ServiceRanges.Select(range => $"route add unreachable {range}")];

    /// <summary>To all else by the router; but not to VIPs from outside: node and router would pass such a packet to and fro.</summary>
    private static readonly string[] WayOut =
    [
        $"route add default via {Addresses.RouterV4}",
        $"route add default via {Addresses.RouterV6}",
        .. Addresses.VipRanges.Select(range => $"route add unreachable {range}"),
    ];

    public NetworkNamespace Underlay => Namespace(RouterWiring.Underlay);

    private bool HasRouter => topology.Outside.Count > 0;

    public NetworkNamespace Namespace(string place) => new($"{prefix}-{place}");

    public async Task LayAsync(CancellationToken cancellation)
    {
        var hosts = topology.Outside.Select(RouterWiring.NetworkOf);
        NetworkNamespace[] all = [Underlay, .. nodes.SelectMany(node => node.Pods.Prepend(node.Name)).Concat(hosts).Select(Namespace)];
        await Command.RunAsync("ip", ["-batch", "-"], Lines(all.Select(one => $"netns add {one.Name}")), cancellation);
        foreach (var one in all)
        {
            one.Run(TuneNewDevices);
        }

        await LayAroundAsync(cancellation);
        for (var node = 1; node <= nodes.Count; node++)
        {
            Namespace(nodes[node - 1].Name).Run(LetThrough);
            await BatchAsync(Namespace(nodes[node - 1].Name), NodeLines(node), cancellation);
            for (var pod = 0; pod < nodes[node - 1].Pods.Count; pod++)
            {
                await BatchAsync(Namespace(nodes[node - 1].Pods[pod]), PodLines(node, pod), cancellation);
            }
        }
    }

    private async Task LayAroundAsync(CancellationToken cancellation)
    {
        if (HasRouter)
        {
            Underlay.Run(LetThrough);
            Underlay.Run(SpreadByFlow);
        }

        await BatchAsync(Underlay, new RouterWiring(Namespace, nodes, topology.Outside).Lines(), cancellation);
        for (var host = 0; host < topology.Outside.Count; host++)
        {
            await BatchAsync(Namespace(RouterWiring.NetworkOf(topology.Outside[host])), RouterWiring.HostLines(host), cancellation);
        }
    }

    private IEnumerable<string> NodeLines(int node) =>
    [
        "link set lo up",
        $"address add {Addresses.NodeV4(node)}/24 dev eth0",
        $"address add {Addresses.NodeV6(node)}/64 dev eth0 nodad",
        "link set eth0 up",
        "link add cni0 type bridge mcast_snooping 0",
        $"address add {Addresses.GatewayV4(node)}/24 dev cni0",
        $"address add {Addresses.GatewayV6(node)}/64 dev cni0 nodad",
        "link set cni0 up",
        .. NoWayToServices,
        .. HasRouter ? WayOut : [],
        .. nodes[node - 1].Pods.SelectMany((pod, i) => new[]
        {
            $"link add pod{i} type veth peer name eth0 netns {Namespace(pod).Name}",
            $"link set pod{i} master cni0 up",
        }),
        .. Enumerable.Range(1, nodes.Count).Where(other => other != node).SelectMany(other => new[]
        {
            $"route add {Addresses.PodRangeV4(other)} via {Addresses.NodeV4(other)}",
            $"route add {Addresses.PodRangeV6(other)} via {Addresses.NodeV6(other)}",
        }),
    ];

    private static IEnumerable<string> PodLines(int node, int pod) =>
    [
        "link set lo up",
        $"address add {Addresses.PodV4(node, pod)}/24 dev eth0",
        $"address add {Addresses.PodV6(node, pod)}/64 dev eth0 nodad",
        "link set eth0 up",
        $"route add default via {Addresses.GatewayV4(node)}",
        $"route add default via {Addresses.GatewayV6(node)}",
        .. NoWayToServices,
    ];

    /// <summary>IPv6 on, and without duplicate address detection: it would keep every address unusable for a second or two.</summary>
    private static bool TuneNewDevices()
    {
        foreach (var scope in new[] { "all", "default" })
        {
            Set($"ipv6/conf/{scope}/accept_dad", 0);
            Set($"ipv6/conf/{scope}/disable_ipv6", 0);
        }

        return true;
    }

    /// <summary>The node routes, and tells each connection that there is no way: with the usual limit only the first few within a second would know.</summary>
    private static bool LetThrough()
    {
        Set("ipv4/ip_forward", 1);
        Set("ipv6/conf/all/forwarding", 1);
        Set("ipv4/icmp_ratelimit", 0);
        Set("ipv6/icmp/ratelimit", 0);
        return true;
    }

    /// <summary>Of several ways the router chooses one for each flow, by ports too, as load balancers do.</summary>
    private static bool SpreadByFlow()
    {
        Set("ipv4/fib_multipath_hash_policy", 1);
        Set("ipv6/fib_multipath_hash_policy", 1);
        return true;
    }

    private static void Set(string key, int value) => File.WriteAllText($"/proc/sys/net/{key}", $"{value}");

    /// <summary>Not <c>ip netns exec</c> nor <c>ip -n</c>: those mount a fresh <c>/sys</c> each time.</summary>
    private static Task<string> BatchAsync(NetworkNamespace inside, IEnumerable<string> lines, CancellationToken cancellation) =>
        Command.RunAsync("nsenter", [$"--net={inside.Path}", "ip", "-batch", "-"], Lines(lines), cancellation);

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
