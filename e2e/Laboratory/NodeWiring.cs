namespace KubeProxyNext.Laboratory;

/// <summary>A node's own addresses, and its ways to the others, to its Services, and out.</summary>
internal sealed class NodeWiring(int node, int nodes, Topology topology)
{
    /// <summary>Without a dataplane, who calls a Service is told so at once, and not after the retransmissions of an unanswered SYN.</summary>
    public static IEnumerable<string> NoWayToServices { get; } = Addresses.ServiceRanges.Select(Unreachable);

    private IEnumerable<int> Others => Enumerable.Range(1, nodes).Where(other => other != node);

    public IEnumerable<string> Lines() =>
    [
        "link set lo up",
        $"address add {Addresses.NodeV4(node)}/24 dev eth0",
        $"address add {Addresses.NodeV6(node)}/64 dev eth0 nodad",
        "link set eth0 up",
        .. topology.ServicesLeaveNodes ? [] : NoWayToServices,
        .. topology.HasRouter ? WayOut() : [],
        .. topology.VxlanPort is { } port ? new Overlay(node, nodes, port).Lines() : Others.SelectMany(DirectWay),
    ];

    /// <summary>Where the node itself may send to Services what nobody translated: what comes to it may not go back there.</summary>
    /// <param name="mark">What addresses of the family have in them: <c>.</c> or <c>:</c>. A rule does not tell by its addresses which it is for.</param>
    public static IEnumerable<string> RefusalLines(string mark) => Addresses.ServiceRanges.Concat(Addresses.VipRanges)
        .Where(range => range.Contains(mark))
        .Select(range => $"rule add iif eth0 to {range} unreachable");

    /// <summary>To all by the router; but not to VIPs from outside: node and router would pass such a packet to and fro.</summary>
    private IEnumerable<string> WayOut() =>
    [
        $"route add default via {Addresses.RouterV4}",
        $"route add default via {Addresses.RouterV6}",
        .. topology.ServicesLeaveNodes ? [] : Addresses.VipRanges.Select(Unreachable),
    ];

    private static string[] DirectWay(int other) =>
    [
        $"route add {Addresses.PodRangeV4(other)} via {Addresses.NodeV4(other)}",
        $"route add {Addresses.PodRangeV6(other)} via {Addresses.NodeV6(other)}",
    ];

    private static string Unreachable(string range) => $"route add unreachable {range}";
}
