using System.Diagnostics.Metrics;
using System.Net;
using KubeProxyNext.Cluster;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Web.Health;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>What this process answers over HTTP, and what it is told for that. None of it keeps a sync waiting.</summary>
internal sealed class WebService(RunOptions options, Meter meter, TimeProvider time, ILogger log)
{
    private readonly ProxyHealth _health = new(2 * options.SyncPeriod, time);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the server is at work, whether or not its addresses can be had.</summary>
    internal Task Started => _started.Task;

    /// <summary>Something changed in the cluster.</summary>
    internal void Queue() => _health.Queue();

    /// <summary>A sync begins.</summary>
    internal void Take(ClusterChanges? changes) => _health.Take();

    /// <summary>A sync is over.</summary>
    internal void Take(SyncResult result)
    {
        foreach (var family in result.Families.Where(family => family.Failures.Count == 0))
        {
            _health.Complete(family.Family);
        }
    }

    /// <summary>Serves until cancelled.</summary>
    /// <exception cref="IOException">An address cannot be had, and that is to end the daemon.</exception>
    internal async Task RunAsync(ClusterTracker tracker, ValueArray<IpFamily> families, CancellationToken cancellationToken)
    {
        _health.Begin(families);
        await using var server = await WebServer.StartAsync(log, cancellationToken).ConfigureAwait(false);
        var healthSite = new HealthSite(_health, () => tracker.Node is { IsLeaving: false }, meter);
        var keeping = Keep(server, "health server", options.HealthzAddress, healthSite.Answer, cancellationToken);
        _started.TrySetResult();
        await keeping.ConfigureAwait(false);
    }

    private Task Keep(WebServer server, string name, IPEndPoint? address, Site site, CancellationToken cancellationToken) => address is null
        ? Task.Delay(Timeout.Infinite, cancellationToken)
        : new Listener(server, name, address, site, options.BindAddressHardFail, time, log).RunAsync(cancellationToken);
}
