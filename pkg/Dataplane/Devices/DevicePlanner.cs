using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>What is to be done with each device of this node. Pure.</summary>
public sealed class DevicePlanner(DeviceOptions options)
{
    private const LinkType Ppp = (LinkType)512;
    private const LinkType RawIp = (LinkType)519;

    /// <summary>Plans for the devices that matter, by index.</summary>
    public IReadOnlyList<DevicePlan> Plan(NetworkState network) =>
        [.. network.Links.Where(link => options.Decide(link.Name) == true && Headers(link) is not null).Select(link => Plan(link, network))];

    private static DevicePlan Plan(Link link, NetworkState network) => new(link.Index, link.Name, Headers(link) == true)
    {
        IPv4 = AddressOf(link, IpFamily.IPv4, network),
        IPv6 = AddressOf(link, IpFamily.IPv6, network),
    };

    // Whether packets have Ethernet headers; null where they have others, which programs cannot read.
    private static bool? Headers(Link link) => link.Type switch
    {
        LinkType.Ethernet => true,
        LinkType.Tunnel or LinkType.Tunnel6 or LinkType.Sit or LinkType.IpGre or LinkType.Ip6Gre or LinkType.None or Ppp or RawIp => false,
        _ => null,
    };

    // The kernel's order: what it would send from, if nothing else is said.
    private static IpAddress? AddressOf(Link link, IpFamily family, NetworkState network) => network.Addresses
        .Where(address => address.InterfaceIndex == link.Index && address.IsUsable && address.Scope == AddressScope.Universe)
        .Select(address => (IpAddress?)IpAddress.FromBytes(address.Address.GetAddressBytes()))
        .FirstOrDefault(address => address!.Value.Family == family);
}
