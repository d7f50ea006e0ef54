using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// Which external IPs are served. Whoever may write a Service may name any address there and so gets what clients send to it
/// (CVE-2020-8554); who runs the node can forbid that.
/// </summary>
internal static class ExternalIPs
{
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
