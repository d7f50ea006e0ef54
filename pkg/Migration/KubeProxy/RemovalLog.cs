using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>Collects what becomes of leftovers; one that cannot be removed keeps no other from it.</summary>
internal sealed class RemovalLog
{
    private readonly List<string> _removed = [];
    private readonly List<string> _kept = [];
    private readonly List<string> _failed = [];

    internal Removal Result => new([.. _removed], [.. _kept], [.. _failed]);

    internal void Removed(string what) => _removed.Add(what);

    internal void Kept(string what) => _kept.Add(what);

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
