using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// Which external IPs are served. Whoever may write a Service may name any address there and so gets what clients send to it
/// (CVE-2020-8554); who runs the node can forbid that.
/// </summary>
internal static class ExternalIPs
{
    /// <summary>
    /// Whether that is where this process reaches its API server: a Service there would cut it off, and then it could not hear that the
    /// Service is gone.
    /// </summary>
    public static bool IsApiServer(FrontendAddress address, NodeConfig node) => !node.ApiServers.IsEmpty && node.ApiServers.AsSpan().Contains(address);

    /// <summary>That address, where one of the Service's ports would have it at this IP; else null.</summary>
    public static FrontendAddress? FindApiServer(IpAddress ip, Service service, NodeConfig node)
    {
        foreach (var address in node.ApiServers)
        {
            if (address.Ip == ip && service.Ports.Any(port => port.Port == address.Port && port.Protocol == address.Protocol))
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>Why an external IP is not served; null where it is.</summary>
    public static PlanningProblemKind? FaultOf(IpAddress ip, NodeConfig node)
    {
        if (node.DeniesExternalIPs)
        {
            return PlanningProblemKind.ExternalIPDenied;
        }

        return node.ExternalIPNetworks.IsEmpty || ServiceAddresses.IsInAny(node.ExternalIPNetworks, ip) ? null : PlanningProblemKind.ExternalIPOutside;
    }
}
