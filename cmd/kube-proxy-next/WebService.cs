using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Telemetry.Exposition;
using KubeProxyNext.Web.Health;
using KubeProxyNext.Web.Metrics;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>What this process answers over HTTP, and what it is told for that. None of it keeps a sync waiting.</summary>
internal sealed class WebService : IDisposable
{
    private static readonly TimeSpan UntilPosted = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<ObjectName, Guid> _probed = [];
    private readonly RunOptions _options;
    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SyncMetrics _syncs;
    private readonly MetricRegistry _metrics;
    private readonly ProxyHealth _health;
    private readonly ServiceHealth _services;
    private IEventRecorder? _events;
    private DataplaneMetrics? _dataplane;

    /// <param name="families">Those that are served.</param>
    internal WebService(RunOptions options, ValueArray<IpFamily> families, Meter meter, TimeProvider time, ILogger log)
    {
        (_options, _meter, _time, _log) = (options, meter, time, log);
        _metrics = new(meter, log.NotMeasured);
        _syncs = new(meter, families, time);
        _ = new CounterMetrics(meter, options.Bpffs, time);
        ProcessMetrics.Create(meter);
        BuildMetrics.Create(meter);
        _health = new(2 * options.SyncPeriod, time);

        // Without a health server nobody is told that the proxy is late (behaviour 7.2).
        _services = new(() => options.HealthzAddress is null || _health.Read().IsHealthy, WarnOfService, time, log);
    }

    /// <summary>Completes when the server is at work, whether or not its addresses can be had.</summary>
    internal Task Started => _started.Task;

    /// <summary>Something changed in the cluster.</summary>
    internal void Queue()
    {
        _health.Queue();
        _syncs.Queue();
    }

    /// <summary>The flows of a family were swept.</summary>
    internal void Sweep(IpFamily family, TimeSpan duration) => _syncs.Sweep(family, duration);

    /// <summary>Shows what the dataplane holds, from now on.</summary>
    /// <returns>What ends that: to be disposed of before the dataplane.</returns>
    internal IDisposable Show(Dataplane.Dataplane dataplane) => (_dataplane ??= new(_meter, _time)).Show(dataplane);

    public void Dispose() => _metrics.Dispose();

    /// <summary>Servers of this node that answer wherever NodePorts do listen at these addresses.</summary>
    internal void SetAddresses(IpFamily family, ValueArray<IpAddress> addresses) => _services.SetAddresses(family, addresses);

    /// <summary>A sync begins.</summary>
    internal void Take(ClusterChanges? changes)
    {
        _health.Take();
        _syncs.Take(changes);
        foreach (var snapshot in changes?.Services ?? [])
        {
            if (snapshot.Service is { HealthCheckNodePort: not 0 } service)
            {
                _probed[snapshot.Name] = service.Uid;
            }
            else
            {
                _probed.TryRemove(snapshot.Name, out _);
            }
        }
    }

    /// <summary>A sync is over.</summary>
    internal void Take(SyncResult result)
    {
        _syncs.Take(result);
        foreach (var family in result.Families)
        {
            if (family.Failures.Count == 0)
            {
                _health.Complete(family.Family);
            }

            var failed = family.Failures.Select(failure => failure.Plan.Name).ToHashSet();
            _services.Take(result.Plans.Where(plan => !failed.Contains(plan.Name)), family.Family);
        }
    }

    /// <summary>Serves until cancelled.</summary>
    /// <exception cref="IOException">An address cannot be had, and that is to end the daemon.</exception>
    internal async Task RunAsync(ClusterTracker tracker, ValueArray<IpFamily> families, IEventRecorder events, CancellationToken cancellationToken)
    {
        _events = events;
        _health.Begin(families);
        await using var server = await WebServer.StartAsync(_log, cancellationToken).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var healthSite = new HealthSite(_health, () => tracker.Node is { IsLeaving: false }, _meter);
        Task[] running =
        [
            Keep(server, "health server", _options.HealthzAddress, healthSite.Answer, "FailedToStartProxierHealthcheck", stopping.Token),
            Keep(server, "metrics server", _options.MetricsAddress, CreateMetricsSite().Answer, "FailedToStartMetricServer", stopping.Token),
            _services.RunAsync(server, stopping.Token),
        ];
        _started.TrySetResult();
        await (await Task.WhenAny(running).ConfigureAwait(false)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
        {
            await FlushAsync(events, cancellationToken).ConfigureAwait(false);
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    // The process is about to end: what it said of the reason is to be heard.
    private async Task FlushAsync(IEventRecorder events, CancellationToken cancellationToken)
    {
        try
        {
            await events.FlushAsync(cancellationToken).WaitAsync(UntilPosted, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
        }
    }

    private MetricsSite CreateMetricsSite()
    {
        var started = _time.GetUtcNow();
        return new(MetricRegistry.ContentType, _metrics.Write, _options.ProxyConfiguration, _options.Flags, () => Status(started));
    }

    private IEnumerable<KeyValuePair<string, string>> Status(DateTimeOffset started)
    {
        var up = _time.GetUtcNow() - started;
        return
        [
            new("Started", started.UtcDateTime.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture)),
            new("Up", $"{(int)up.TotalHours} hr {up.Minutes:00} min {up.Seconds:00} sec"),
            new("Runtime version", RuntimeInformation.FrameworkDescription),
            new("Binary version", BuildMetrics.Version),
        ];
    }

    private void WarnOfService(ObjectName service, string note) => _events?.Warn(
        service, _probed.GetValueOrDefault(service), "FailedToStartServiceHealthcheck", "Listen", $"{_options.NodeName}: {note}");

    private Task Keep(WebServer server, string name, IPEndPoint? address, Site site, string reason, CancellationToken cancellationToken) => address is null
        ? Task.Delay(Timeout.Infinite, cancellationToken)
        : new Listener(server, name, address, site, _options.BindAddressHardFail, _time, _log)
        {
            OnFailure = problem => _events?.Warn(new("", _options.NodeName), Guid.Empty, reason, "StartKubeProxy", problem),
        }.RunAsync(cancellationToken);
}
