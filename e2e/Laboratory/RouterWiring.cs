namespace KubeProxyNext.Laboratory;

/// <summary>
/// The network around the nodes: a bridge between them, and, where there are hosts outside, a router: this bridge's own addresses, and another
/// bridge for those hosts. The MTU of a bridge itself limits what is routed out of it, and nothing that is bridged or comes in.
/// </summary>
internal sealed class RouterWiring(Func<string, NetworkNamespace> nodeNetwork, IReadOnlyList<NodePlan> nodes, IReadOnlyList<string> hosts)
{
    public const string Underlay = "underlay";
    public const string Outside = "outside";

    /// <summary>A host's network: called so that a host outside and a pod may have the same name.</summary>
    public static string NetworkOf(string host) => $"{Outside}-{host}";

    public IEnumerable<string> Lines() =>
    [
        "link set lo up",
        $"link add {Underlay} type bridge mcast_snooping 0",
        $"link set {Underlay} up",
        .. nodes.SelectMany((node, i) => Plug($"node{i}", node.Name, Underlay)),
        .. hosts.Count > 0 ? RoutingLines() : [],
    ];

    public static IEnumerable<string> HostLines(int host) =>
    [
        "link set lo up",
        $"address add {Addresses.OutsideV4(host)}/24 dev eth0",
        $"address add {Addresses.OutsideV6(host)}/64 dev eth0 nodad",
        "link set eth0 up",
        $"route add default via {Addresses.OutsideRouterV4}",
        $"route add default via {Addresses.OutsideRouterV6}",
    ];

    private IEnumerable<string> RoutingLines() =>
    [
        $"address add {Addresses.RouterV4}/24 dev {Underlay}",
        $"address add {Addresses.RouterV6}/64 dev {Underlay} nodad",
        $"link add {Outside} type bridge mcast_snooping 0",
        $"address add {Addresses.OutsideRouterV4}/24 dev {Outside}",
        $"address add {Addresses.OutsideRouterV6}/64 dev {Outside} nodad",
        $"link set {Outside} up",
        .. hosts.SelectMany((host, i) => Plug($"host{i}", NetworkOf(host), Outside)),
    ];

    private string[] Plug(string port, string network, string bridge) =>
    [
        $"link add {port} type veth peer name eth0 netns {nodeNetwork(network).Name}",
        $"link set {port} master {bridge} up",
    ];
}
