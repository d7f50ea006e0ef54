namespace KubeProxyNext.Laboratory;

/// <summary>
/// What stands between the nodes and the hosts outside: the nodes' default way, and that of the hosts outside to everything. It knows the nodes;
/// addresses of Services it sends nowhere until it is told, and those of pods neither, as most networks around a cluster do.
/// </summary>
public sealed class Router : Place
{
    internal Router(NetworkNamespace network, string labCgroup)
        : base("router", Addresses.RouterV4, Addresses.RouterV6, network, $"{labCgroup}/router") => LabCgroup = labCgroup;

    internal override string LabCgroup { get; }

    /// <summary>
    /// Sends what is for external IPs, load balancers and ClusterIPs to a node, or flow by flow to several, as a load balancer in front of a
    /// cluster does; instead of to those of before.
    /// </summary>
    public Task RouteVipsToAsync(params IReadOnlyList<Node> nodes) =>
        BatchAsync(Addresses.ServiceRanges.Concat(Addresses.VipRanges).Select(range => $"route replace {range} {Via(range, nodes)}"));

    /// <summary>Lets hosts outside reach the pods by themselves, each by its node.</summary>
    public Task RoutePodsAsync(IEnumerable<Node> nodes) => BatchAsync(nodes.SelectMany(node => new[]
    {
        $"route replace {node.PodRangeV4} via {node.IPv4}",
        $"route replace {node.PodRangeV6} via {node.IPv6}",
    }));

    /// <summary>Lets no packet pass to the hosts outside that is larger than this; its sender is told. They themselves do not know.</summary>
    /// <param name="mtu">1280 at the least: IPv6 has no smaller one.</param>
    public Task NarrowToOutsideAsync(int mtu) => IpAsync("link", "set", RouterWiring.Outside, "mtu", $"{mtu}");

    /// <summary>
    /// Lets no packet pass from outside to the nodes that is larger than this; its sender is told. Nodes still reach each other as before.
    /// </summary>
    /// <param name="mtu">1280 at the least: IPv6 has no smaller one.</param>
    public Task NarrowToNodesAsync(int mtu) => IpAsync("link", "set", RouterWiring.Underlay, "mtu", $"{mtu}");

    private static string Via(string range, IReadOnlyList<Node> nodes) =>
        string.Join(' ', nodes.Select(node => $"nexthop via {(range.Contains(':') ? node.IPv6 : node.IPv4)}"));
}
