using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>The node's own IPs, as the Node object has them.</summary>
public static class NodeIP
{
    private static readonly IpAddress Loopback4 = IpAddress.Parse("127.0.0.1");
    private static readonly IpAddress Loopback6 = IpAddress.Parse("::1");

    /// <summary>
    /// The first address of that family; where there is none, the family's loopback address, which says that it is not known. What
    /// behaviour 11.2 calls primary and secondary are the first of either family.
    /// </summary>
    /// <param name="addresses">In the Node object's order of preference (behaviour 1.6).</param>
    public static IpAddress Of(ValueArray<IpAddress> addresses, IpFamily family)
    {
        foreach (ref readonly var address in addresses.AsSpan())
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return family == IpFamily.IPv4 ? Loopback4 : Loopback6;
    }
}
