namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>The sets of addresses that kube-proxy makes in its IPVS mode.</summary>
internal static class IpvsSets
{
    private const string Prefix = "KUBE-";
    private const string PrefixOf6 = "KUBE-6-";

    private static readonly string[] Names =
    [
        "LOOP-BACK", "CLUSTER-IP", "EXTERNAL-IP", "EXTERNAL-IP-LOCAL", "LOAD-BALANCER", "LOAD-BALANCER-LOCAL", "LOAD-BALANCER-FW",
        "LOAD-BALANCER-SOURCE-IP", "LOAD-BALANCER-SOURCE-CIDR", "NODE-PORT-TCP", "NODE-PORT-LOCAL-TCP", "NODE-PORT-UDP",
        "NODE-PORT-LOCAL-UDP", "NODE-PORT-SCTP-HASH", "NODE-PORT-LOCAL-SCTP-HASH", "HEALTH-CHECK-NODE-PORT", "IPVS-IPS",
    ];

    /// <summary>Whether it is one of them, of either family.</summary>
    internal static bool Contains(string set) =>
        (set.StartsWith(PrefixOf6, StringComparison.Ordinal) && Names.Contains(set[PrefixOf6.Length..]))
        || (set.StartsWith(Prefix, StringComparison.Ordinal) && Names.Contains(set[Prefix.Length..]));
}
