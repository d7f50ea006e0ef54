namespace KubeProxyNext.Laboratory;

/// <summary>What network plugins tell netfilter on a node. With any of it the kernel tracks connections there.</summary>
public static class CniRules
{
    /// <summary>The counter of what <see cref="Forwarding"/> drops since nothing lets it through.</summary>
    public const string Dropped = "inet forwarding dropped";

    /// <summary>The counter of what <see cref="Forwarding"/> drops since it belongs to no connection and begins none.</summary>
    public const string Invalid = "inet forwarding invalid";

    /// <summary>What pods of a node send to elsewhere than to pods comes from the node.</summary>
    public static string Masquerade(Node node) => $$"""
        table inet masquerading {
            chain postrouting {
                type nat hook postrouting priority srcnat;
                ip saddr {{node.PodRangeV4}} ip daddr != {{Addresses.AllPodsV4}} masquerade
                ip6 saddr {{node.PodRangeV6}} ip6 daddr != {{Addresses.AllPodsV6}} masquerade
            }
        }
        """;

    /// <summary>Nothing is forwarded but what comes from pods or is for pods, and what belongs to such connections.</summary>
    public static string Forwarding { get; } = $$"""
        table inet forwarding {
            counter dropped {}
            counter invalid {}
            chain forward {
                type filter hook forward priority filter; policy drop;
                ct state invalid counter name invalid drop
                ct state established,related accept
                ip saddr {{Addresses.AllPodsV4}} accept
                ip daddr {{Addresses.AllPodsV4}} accept
                ip6 saddr {{Addresses.AllPodsV6}} accept
                ip6 daddr {{Addresses.AllPodsV6}} accept
                counter name dropped
            }
        }
        """;
}
