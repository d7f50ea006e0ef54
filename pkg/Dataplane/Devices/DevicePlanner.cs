using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>What is to be done with each device of this node. Pure.</summary>
/// <param name="isDetected">Whether senders are pods of this node since they send by a device of this name; null where that does not tell.</param>
public sealed class DevicePlanner(DeviceOptions options, Func<string, bool>? isDetected = null)
{
    private const LinkType Ppp = (LinkType)512;
    private const LinkType RawIp = (LinkType)519;

    /// <summary>Plans for the devices that matter, by index.</summary>
    /// <param name="nodeAddresses">Those of the Node object.</param>
    /// <param name="servesPods">Whether there is something to serve at devices that pods are behind.</param>
    public IReadOnlyList<DevicePlan> Plan(NetworkState network, IReadOnlyCollection<IpAddress> nodeAddresses, bool servesPods)
    {
        var roles = new DeviceRoles(network, nodeAddresses);
        var addresses = network.Addresses.Where(DeviceRoles.IsGlobal).ToLookup(address => address.InterfaceIndex, DeviceRoles.Ip);
        return [.. network.Links.Select(link => Plan(link, roles.Of(link), addresses[link.Index], servesPods)).OfType<DevicePlan>()];
    }

    // Null where nobody needs to know of it.
    private DevicePlan? Plan(Link link, DeviceRole role, IEnumerable<IpAddress> addresses, bool servesPods)
    {
        var detected = isDetected?.Invoke(link.Name) == true;
        if (role == DeviceRole.None && detected)
        {
            role = DeviceRole.Pods;
        }

        var isServed = options.Decide(link.Name) ?? (role is DeviceRole.Uplink or DeviceRole.Overlay || (role == DeviceRole.Pods && servesPods));
        return HasEthernet(link.Type) is { } ethernet && (isServed || role != DeviceRole.None)
            ? new(link.Index, link.Name, ethernet, isServed, role == DeviceRole.Pods, detected)
            {
                IsUplink = role == DeviceRole.Uplink,
                IPv4 = First(addresses, IpFamily.IPv4),
                IPv6 = First(addresses, IpFamily.IPv6),
            }
            : null;
    }

    // Null where packets have other headers, which programs cannot read.
    private static bool? HasEthernet(LinkType type) => type switch
    {
        LinkType.Ethernet => true,
        LinkType.Tunnel or LinkType.Tunnel6 or LinkType.Sit or LinkType.IpGre or LinkType.Ip6Gre or LinkType.None or Ppp or RawIp => false,
        _ => null,
    };

    private static IpAddress? First(IEnumerable<IpAddress> addresses, IpFamily family) =>
        addresses.Where(address => address.Family == family).Select(address => (IpAddress?)address).FirstOrDefault();
}
