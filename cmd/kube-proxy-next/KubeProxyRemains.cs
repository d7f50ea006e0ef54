using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Migration;
using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>What kube-proxy has on this node when the daemon starts: told, or removed, when the daemon serves (behaviour 11.6).</summary>
internal sealed class KubeProxyRemains
{
    private readonly RunOptions _options;
    private readonly IEventRecorder _events;
    private readonly ILogger _log;

    private KubeProxyRemains(RunOptions options, IEventRecorder events, ILogger log) => (_options, _events, _log) = (options, events, log);

    /// <summary>Whether there was something.</summary>
    internal bool IsThere { get; private init; }

    internal static KubeProxyRemains Look(RunOptions options, IEventRecorder events, ILogger log) =>
        new(options, events, log) { IsThere = Find(log).Count > 0 };

    /// <summary>Waits for the first sync; then what is still there is removed if that is wished for, and told in any case.</summary>
    internal async Task FollowAsync(Task ready)
    {
        await ready.ConfigureAwait(false);
        if (!IsThere)
        {
            return;
        }

        if ((_options.CleanupKubeProxy ? Remove() : Find(_log)) is { Count: > 0 } found)
        {
            var text = string.Join("; ", found);
            _log.KubeProxyRemains(text);
            _events.Warn(
                new ObjectName("", _options.NodeName), Guid.Empty, "KubeProxyRulesFound", "TakeOver",
                $"Rules of kube-proxy are on the node: {text}. When kube-proxy is gone, remove them: kube-proxy-next cleanup --kube-proxy");
        }
    }

    // What others use of it stays, and needs no word.
    private IReadOnlyList<string> Remove()
    {
        var removal = KubeProxyCleanup.Run();
        foreach (var what in removal.Removed)
        {
            _log.KubeProxyRemoved(what);
        }

        foreach (var what in removal.Failed)
        {
            _log.KubeProxyNotRemoved(what);
        }

        return removal.Left;
    }

    private static IReadOnlyList<string> Find(ILogger log)
    {
        try
        {
            return LeftoverScan.Find();
        }
        catch (Exception error) when (error is NetlinkException or MigrationException)
        {
            log.KubeProxyNotLookedFor(error.Message);
            return [];
        }
    }
}
