using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>Looks for what kube-proxy leaves on a node, without any tool: the kernel itself is asked.</summary>
public static class LeftoverScan
{
    private const string OwnTable = "kube-proxy";

    /// <summary>What there is in the network namespace of the calling thread, a line for each place; empty for nothing.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="MigrationException">The kernel refused.</exception>
    public static IReadOnlyList<string> Find() => FindExcept(new HashSet<(string, string)>());

    /// <summary>As <see cref="Find"/>, without chains that are to stay.</summary>
    /// <param name="kept">Their tables and names.</param>
    internal static IReadOnlyList<string> FindExcept(IReadOnlySet<(string Table, string Chain)> kept)
    {
        var chains = NftChains.List();
        var own = from chain in chains
                  where chain is { Table: OwnTable, Family: "ip" or "ip6" }
                  group chain by chain.Family into family
                  select $"nftables: table {family.Key} {OwnTable}";
        var nft = from chain in chains
                  where chain.Family is "ip" or "ip6" && KubeProxyChains.Contains(chain.Table, chain.Name) && !kept.Contains((chain.Table, chain.Name))
                  group chain by (chain.Family, chain.Table) into table
                  select Line($"{(table.Key.Family == "ip" ? "iptables" : "ip6tables")}-nft", table.Key.Table, table.Count());
        var legacy = from family in LegacyIptables.Families
                     from chain in family.List()
                     where KubeProxyChains.Contains(chain.Table, chain.Chain) && !kept.Contains((chain.Table, chain.Chain))
                     group chain by (family.Family, chain.Table) into table
                     select Line($"{table.Key.Family}-legacy", table.Key.Table, table.Count());
        var device = Links.List().Any(link => link.Name == IpvsLeftovers.Device) ? [$"device {IpvsLeftovers.Device} of the IPVS mode"] : (string[])[];
        return [.. own, .. nft, .. legacy, .. device];
    }

    private static string Line(string tool, string table, int count) => $"{tool}: {count} chains of table {table}";
}
