namespace KubeProxyNext.Laboratory;

/// <summary>The cables between a node and its pods.</summary>
internal sealed class PodWiring(int node, IReadOnlyList<NetworkNamespace> pods, Topology topology)
{
    private const string Bridge = "cni0";

    private bool Bridged => topology.Pods == PodAttachment.Bridge;

    private string Mtu => topology.VxlanPort is null ? "" : $"mtu {Overlay.Mtu} ";

    /// <summary>The node's side.</summary>
    public IEnumerable<string> NodeLines() => Bridged ? BridgeLines() : RouteLines();

    /// <summary>A pod's side.</summary>
    public IEnumerable<string> PodLines(int pod) =>
    [
        "link set lo up",
        $"address add {Addresses.PodV4(node, pod)}/{(Bridged ? 24 : 32)} dev eth0",
        $"address add {Addresses.PodV6(node, pod)}/{(Bridged ? 64 : 128)} dev eth0 nodad",
        "link set eth0 up",
        .. Bridged ? Array.Empty<string>() : [$"route add {Addresses.GatewayV4(node)} dev eth0", $"route add {Addresses.GatewayV6(node)} dev eth0"],
        $"route add default via {Addresses.GatewayV4(node)}",
        $"route add default via {Addresses.GatewayV6(node)}",
    ];

    private IEnumerable<string> BridgeLines() =>
    [
        $"link add {Bridge} {Mtu}type bridge mcast_snooping 0",
        .. GatewayLines(Bridge, 24, 64),
        .. pods.SelectMany((pod, i) => new[] { Cable(pod, i), $"link set pod{i} master {Bridge} up" }),
    ];

    /// <summary>Without a bridge nobody has the range of the pods: what is for none of them must not leave by the default route, to come back.</summary>
    private IEnumerable<string> RouteLines() =>
    [
        $"route add unreachable {Addresses.PodRangeV4(node)}",
        $"route add unreachable {Addresses.PodRangeV6(node)}",
        .. pods.SelectMany((pod, i) => RouteLines(pod, i)),
    ];

    private string[] RouteLines(NetworkNamespace pod, int number) =>
    [
        Cable(pod, number),
        .. GatewayLines($"pod{number}", 32, 128),
        $"route add {Addresses.PodV4(node, number)} dev pod{number}",
        $"route add {Addresses.PodV6(node, number)} dev pod{number}",
    ];

    private string[] GatewayLines(string device, int prefixV4, int prefixV6) =>
    [
        $"address add {Addresses.GatewayV4(node)}/{prefixV4} dev {device}",
        $"address add {Addresses.GatewayV6(node)}/{prefixV6} dev {device} nodad",
        $"link set {device} up",
    ];

    private string Cable(NetworkNamespace pod, int number) => $"link add pod{number} {Mtu}type veth peer name eth0 {Mtu}netns {pod.Name}";
}
