using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Who may dial a Service's load balancer addresses in one family (behaviour 2.4).</summary>
/// <param name="Networks">Sorted, each once; empty where anybody may.</param>
/// <param name="AdmitsNode">Whether this node's own address lies in one of the ranges that the Service names.</param>
internal readonly record struct SourceRanges(ValueArray<IpNetwork> Networks, bool AdmitsNode)
{
    /// <summary>
    /// The ranges of the family. One of length 0, or none at all, is no restriction. A node that holds the load balancer's
    /// address dials it from that very address: so these are let in where the node is.
    /// </summary>
    public static SourceRanges Of(Service service, IpFamily family, NodeConfig node)
    {
        if (service.LoadBalancerSourceRanges.IsEmpty)
        {
            return default;
        }

        var networks = new List<IpNetwork>();
        foreach (var network in service.LoadBalancerSourceRanges)
        {
            if (network.Family == family)
            {
                networks.Add(network);
            }
        }

        if (networks.Count == 0 || networks.Exists(network => network.PrefixLength == 0))
        {
            return default;
        }

        var admitsNode = AddressOf(node, family) is { } ip && networks.Exists(network => network.Contains(ip));
        if (admitsNode)
        {
            AddLoadBalancerIPs(service, family, networks);
        }

        var sorted = networks.Distinct().OrderBy(network => network.Base).ThenBy(network => network.PrefixLength);
        return new SourceRanges([.. sorted.Take(MostOf(service, node))], admitsNode);
    }

    /// <summary>How many networks each of the Service's ports may have. Who lies in one that is left out is not let in.</summary>
    public static int MostOf(Service service, NodeConfig node) => Math.Max(1, node.Share.SourceRanges / Math.Max(1, service.Ports.Count));

    private static void AddLoadBalancerIPs(Service service, IpFamily family, List<IpNetwork> networks)
    {
        foreach (var ip in service.LoadBalancerIPs)
        {
            if (ip.Family == family && !ServiceAddresses.IsSpecial(ip))
            {
                networks.Add(new IpNetwork(ip, ip.BitLength));
            }
        }
    }

    // The first of a family is the node's own (behaviour 11.2).
    private static IpAddress? AddressOf(NodeConfig node, IpFamily family)
    {
        foreach (var ip in node.Addresses)
        {
            if (ip.Family == family)
            {
                return ip;
            }
        }

        return null;
    }
}
