using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>Tells the devices of a node apart by what the kernel says of them. Pure.</summary>
/// <param name="nodeAddresses">Those of the Node object.</param>
internal sealed class DeviceRoles(NetworkState network, IReadOnlyCollection<IpAddress> nodeAddresses)
{
    private readonly Dictionary<int, Link> _links = network.Links.ToDictionary(link => link.Index);
    private readonly HashSet<int> _withDefaultRoute = [.. network.DefaultRouteLinks];

    private readonly HashSet<int> _withNodeAddress =
        [.. network.Addresses.Where(address => nodeAddresses.Contains(Ip(address))).Select(address => address.InterfaceIndex)];

    private readonly HashSet<int> _withGlobalAddress =
        [.. network.Addresses.Where(IsGlobal).Select(address => address.InterfaceIndex)];

    /// <summary>Whether others than this node reach it there.</summary>
    internal static bool IsGlobal(LocalAddress address) => address.IsUsable && address.Scope == AddressScope.Universe;

    internal static IpAddress Ip(LocalAddress address) => IpAddress.FromBytes(address.Address.GetAddressBytes());

    internal DeviceRole Of(Link link) => link.Kind switch
    {
        _ when (link.Flags & LinkFlags.Loopback) != 0 || IsPartOfAnother(link) => DeviceRole.None,
        "dummy" or "ifb" or "vrf" or "nlmon" or "macvtap" => DeviceRole.None,
        "vxlan" or "geneve" or "bareudp" or "ipip" or "sit" or "ip6tnl" or "gre" or "gretap" or "erspan" or "ip6gre" or "ip6gretap" or "ip6erspan"
            or "vti" or "vti6" or "xfrm" or "wireguard" => Tunnel(link),
        "tun" when link.Type != LinkType.Ethernet => Tunnel(link),
        _ when IsUplink(link) => DeviceRole.Uplink,
        "bridge" or "tun" => DeviceRole.Pods,
        "veth" or "netkit" when link.HasPeerElsewhere => DeviceRole.Pods,
        _ => DeviceRole.None,
    };

    // What comes by a part is seen at the whole, save that of a VRF: there are no packets of its own in that.
    private bool IsPartOfAnother(Link link) => _links.TryGetValue(link.MasterIndex, out var master) && master.Kind != "vrf";

    // The kernel makes one of each kind by itself (tunl0, sit0, gre0...), which nobody uses as long as it is down.
    private static DeviceRole Tunnel(Link link) => (link.Flags & LinkFlags.Up) != 0 ? DeviceRole.Overlay : DeviceRole.None;

    private bool IsUplink(Link link) => _withNodeAddress.Contains(link.Index) || link.Kind switch
    {
        "veth" or "netkit" => _withDefaultRoute.Contains(link.Index) && !IsPlumbing(link),
        "bridge" => _withDefaultRoute.Contains(link.Index),
        _ => _withDefaultRoute.Contains(link.Index) || _withGlobalAddress.Contains(link.Index),
    };

    // Both ends are here and neither leads on by another device: a way from this node to itself (cilium_host and cilium_net), which may
    // have default routes in tables of its own.
    private bool IsPlumbing(Link link) =>
        !link.HasPeerElsewhere && _links.TryGetValue(link.LowerIndex, out var peer) && peer.LowerIndex == link.Index && peer.MasterIndex == 0;
}
