namespace KubeProxyNext.Laboratory;

/// <summary>
/// A VXLAN between the nodes as flannel lays it: nothing is learnt; each node knows the others' hardware addresses, and behind which node each is.
/// </summary>
internal sealed class Overlay(int node, int nodes, int port)
{
    /// <summary>What fits into an underlay of 1500 beside the outer headers.</summary>
    public const int Mtu = 1450;

    private const string Device = "vxlan0";

    private IEnumerable<int> Others => Enumerable.Range(1, nodes).Where(other => other != node);

    /// <summary>For <c>ip</c>.</summary>
    public IEnumerable<string> Lines() =>
    [
        $"link add {Device} address {HardwareAddress(node)} type vxlan id 1 local {Addresses.NodeV4(node)} dev eth0 dstport {port} nolearning",
        $"address add {Addresses.OverlayV4(node)}/32 dev {Device}",
        $"address add {Addresses.OverlayV6(node)}/128 dev {Device} nodad",
        $"link set {Device} up",
        .. Others.SelectMany(other => new[]
        {
            $"neigh add {Addresses.OverlayV4(other)} lladdr {HardwareAddress(other)} dev {Device} nud permanent",
            $"neigh add {Addresses.OverlayV6(other)} lladdr {HardwareAddress(other)} dev {Device} nud permanent",
            $"route add {Addresses.PodRangeV4(other)} via {Addresses.OverlayV4(other)} dev {Device} onlink",
            $"route add {Addresses.PodRangeV6(other)} via {Addresses.OverlayV6(other)} dev {Device} onlink",
        }),
    ];

    /// <summary>For <c>bridge</c>.</summary>
    public IEnumerable<string> ForwardingLines() =>
        Others.Select(other => $"fdb add {HardwareAddress(other)} dev {Device} dst {Addresses.NodeV4(other)} self permanent");

    private static string HardwareAddress(int node) => $"02:00:00:00:01:{node:x2}";
}
