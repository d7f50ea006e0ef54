namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>
/// kube-proxy's rules in iptables: of both families, and in both of the kernel's places for them, the old tables and those of nftables, for
/// each of which there is a tool of its own.
/// </summary>
internal sealed class IptablesLeftovers(Tools tools, RemovalLog log)
{
    private const int Attempts = 3;

    /// <summary>Removes them: each table at once.</summary>
    internal void Remove()
    {
        foreach (var family in (string[])["iptables", "ip6tables"])
        {
            string[] flavours = [.. new[] { $"{family}-legacy", $"{family}-nft" }.Where(tool => tools.Has($"{tool}-save"))];

            // Where the tool has no flavours it is of the one that there is.
            foreach (var tool in flavours.Length > 0 || !tools.Has($"{family}-save") ? flavours : [family])
            {
                log.Try(() => Remove(tool));
            }
        }
    }

    private void Remove(string tool)
    {
        foreach (var table in Tables(tool).Select(table => table.Name))
        {
            log.Try(() => Remove(tool, table));
        }
    }

    // Others write rules, too: what was read may not be true any more.
    private void Remove(string tool, string table)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Tables(tool).FirstOrDefault(candidate => candidate.Name == table) is not { } found || IptablesRemoval.Of(found) is not { } removal)
            {
                return;
            }

            var result = removal.IsEmpty ? null : tools.Run($"{tool}-restore", ["--noflush", "-w", "10"], removal.Transaction);
            if (result is null or { ExitCode: 0 })
            {
                Note(tool, removal);
                return;
            }

            if (attempt == Attempts)
            {
                throw new MigrationException($"{tool}, table {table}: {result.Errors}");
            }
        }
    }

    private IReadOnlyList<IptablesTable> Tables(string tool) => IptablesTable.Parse(tools.Succeed($"{tool}-save", []));

    private void Note(string tool, IptablesRemoval removal)
    {
        if (!removal.IsEmpty)
        {
            log.Removed($"{tool}, table {removal.Table}: {removal.Chains.Count} chains, and {removal.Jumps.Count} rules that led to them");
        }

        if (removal.Kept.Count > 0)
        {
            log.Kept(tool, removal.Table, removal.Kept);
        }
    }
}
