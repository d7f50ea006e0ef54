using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>Collects what becomes of leftovers; one that cannot be removed keeps no other from it.</summary>
internal sealed class RemovalLog
{
    private readonly List<string> _removed = [];
    private readonly List<string> _kept = [];
    private readonly List<string> _failed = [];
    private readonly HashSet<(string Table, string Chain)> _keptChains = [];
    private IReadOnlyList<string> _left = [];

    internal Removal Result => new([.. _removed], [.. _kept], [.. _left], [.. _failed]);

    internal void Removed(string what) => _removed.Add(what);

    /// <summary>Chains of a table stay.</summary>
    internal void Kept(string tool, string table, IReadOnlyList<string> chains)
    {
        _kept.Add($"{tool}, table {table}: {string.Join(", ", chains)}, which rules of others lead to");
        _keptChains.UnionWith(chains.Select(chain => (table, chain)));
    }

    /// <summary>Asks the kernel what is there still, and should not be.</summary>
    internal void LookAgain() => Try(() => _left = LeftoverScan.FindExcept(_keptChains));

    internal void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is MigrationException or NetlinkException)
        {
            _failed.Add(error.Message);
        }
    }
}
