namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>kube-proxy's tables in nftables, which are its own.</summary>
internal sealed class NftablesLeftovers(Tools tools, RemovalLog log)
{
    private static readonly string[] Names = ["ip kube-proxy", "ip6 kube-proxy"];

    /// <summary>Removes them, all at once.</summary>
    internal void Remove()
    {
        if (!tools.Has("nft"))
        {
            return;
        }

        log.Try(() =>
        {
            var tables = tools.Succeed("nft", ["list", "tables"]).Split('\n').Select(line => line.Trim());
            string[] found = [.. Names.Where(name => tables.Contains($"table {name}"))];
            if (found.Length > 0)
            {
                tools.Succeed("nft", ["-f", "-"], string.Concat(found.Select(name => $"delete table {name}\n")));
                Array.ForEach(found, name => log.Removed($"nftables: table {name}"));
            }
        });
    }
}
