namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>
/// The chains that kube-proxy makes in iptables, whether in its mode of that name or for IPVS, in this version or an earlier one (behaviour
/// 11.6). Those that are the kubelet's (KUBE-FIREWALL, KUBE-MARK-DROP, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT) are not among them.
/// </summary>
internal static class KubeProxyChains
{
    // A chain of its own for each service port or endpoint, named by a hash.
    private static readonly string[] Hashed = ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-", "KUBE-XLB-"];

    private static readonly string[] Nat =
    [
        "KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ", "KUBE-PROXY-CANARY", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER",
    ];

    private static readonly string[] Filter =
    [
        "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL", "KUBE-PROXY-CANARY",
        "KUBE-NODE-PORT", "KUBE-SOURCE-RANGES-FIREWALL", "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER",
    ];

    /// <summary>Whether kube-proxy makes a chain of that name in that table.</summary>
    internal static bool Contains(string table, string chain) => table switch
    {
        "nat" => Array.Exists(Hashed, prefix => chain.StartsWith(prefix, StringComparison.Ordinal)) || Nat.Contains(chain),
        "filter" => Filter.Contains(chain),
        "mangle" => chain == "KUBE-PROXY-CANARY",
        _ => false,
    };

    /// <summary>Whether kube-proxy leads packets from a chain of the kernel to this one of its own; marks others may set, too.</summary>
    internal static bool IsEntered(string table, string chain) => Contains(table, chain) && chain != "KUBE-MARK-MASQ"
        && !Array.Exists(Hashed, prefix => chain.StartsWith(prefix, StringComparison.Ordinal));
}
