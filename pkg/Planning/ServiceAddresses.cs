using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>A virtual IP of a Service.</summary>
internal readonly record struct VirtualIP(IpAddress Ip, FrontendKind Kind);

/// <summary>The addresses of a Service in one family, each once, at which all of its ports are served.</summary>
/// <param name="VirtualIPs">An address that the Service has several times is of the strongest kind that it has.</param>
/// <param name="Rest">The cluster IP, where whatever else is dialled there is to be refused for this Service.</param>
internal readonly record struct ServiceAddresses(IpFamily Family, ValueArray<VirtualIP> VirtualIPs, IpAddress? Rest)
{
    /// <summary>
    /// Null for an ExternalName, and in a family in which the Service has no cluster IP (behaviour 1.2). Inside the networks
    /// that cluster IPs are allocated from nothing needs to be refused for one Service: there it is for all.
    /// </summary>
    public static ServiceAddresses? Of(Service service, IpFamily family, NodeConfig node)
    {
        if (ClusterIPOf(service, family) is not { } clusterIP)
        {
            return null;
        }

        var isProgrammed = !IsSpecial(clusterIP);
        var rest = isProgrammed && !IsInAny(node.ServiceNetworks, clusterIP) ? clusterIP : (IpAddress?)null;
        return new ServiceAddresses(family, VirtualIPsOf(service, family, clusterIP, node), rest);
    }

    /// <summary>Addresses that mean something of their own, so that no client can mean a Service by them (behaviour 1.5).</summary>
    public static bool IsSpecial(IpAddress ip) => ip.IsUnspecified || ip.IsLoopback || ip.IsMulticast;

    public static bool IsInAny(ValueArray<IpNetwork> networks, IpAddress ip)
    {
        foreach (var network in networks)
        {
            if (network.Contains(ip))
            {
                return true;
            }
        }

        return false;
    }

    private static ValueArray<VirtualIP> VirtualIPsOf(Service service, IpFamily family, IpAddress clusterIP, NodeConfig node)
    {
        var most = 1 + service.LoadBalancerIPs.Count + service.ExternalIPs.Count;
        var room = most == 1 ? stackalloc VirtualIP[1] : new VirtualIP[most];
        var count = 0;
        Add(clusterIP, FrontendKind.ClusterIP, family, room, ref count);
        foreach (var ip in service.LoadBalancerIPs)
        {
            Add(ip, FrontendKind.LoadBalancerIP, family, room, ref count);
        }

        foreach (var ip in service.ExternalIPs)
        {
            if (ExternalIPs.FaultOf(ip, node) is null)
            {
                Add(ip, FrontendKind.ExternalIP, family, room, ref count);
            }
        }

        return ValueArray.Create<VirtualIP>(room[..count]);
    }

    private static void Add(IpAddress ip, FrontendKind kind, IpFamily family, Span<VirtualIP> room, ref int count)
    {
        if (ip.Family == family && !IsSpecial(ip) && !Contains(room[..count], ip))
        {
            room[count++] = new VirtualIP(ip, kind);
        }
    }

    private static bool Contains(ReadOnlySpan<VirtualIP> all, IpAddress ip)
    {
        foreach (var one in all)
        {
            if (one.Ip == ip)
            {
                return true;
            }
        }

        return false;
    }

    // The family is as the Service lists it (behaviour 1.3), but no map of one family takes an address of the other.
    private static IpAddress? ClusterIPOf(Service service, IpFamily family) =>
        service.Type != ServiceType.ExternalName && service.ClusterIP(family) is { } ip && ip.Family == family ? ip : null;
}
