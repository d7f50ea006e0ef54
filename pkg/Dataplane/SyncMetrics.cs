using System.Diagnostics.Metrics;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What kube-proxy tells of its syncs, and a little more (behaviour 8.1, 9.4). It is told on the thread of the sync loop; its gauges may be read on any.</summary>
public sealed class SyncMetrics
{
    private const string FamilyLabel = "ip_family";

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [.. Enumerable.Range(0, 15).Select(i => 0.001 * (1 << i))],
    };

    private static readonly InstrumentAdvice<double> Latencies = new()
    {
        HistogramBucketBoundaries = [0.25, 0.5, .. Every(1, 59, 1), .. Every(60, 115, 5), .. Every(120, 300, 30)],
    };

    private readonly Lock _lock = new();
    private readonly Dictionary<(IpFamily Family, ObjectName Service), (int Internal, int External)> _withoutLocal = [];
    private readonly Dictionary<IpFamily, (double Synced, int NotInForce)> _families = [];
    private readonly ValueArray<IpFamily> _served;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly Histogram<double> _all;
    private readonly Histogram<double> _full;
    private readonly Histogram<double> _partial;
    private readonly Histogram<double> _planning;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _sweeps;
    private readonly Counter<long> _failures;
    private IReadOnlyList<(IpFamily Family, DateTimeOffset Time)> _triggers = [];
    private double _queued;

    /// <param name="families">Those that are served.</param>
    public SyncMetrics(Meter meter, ValueArray<IpFamily> families, TimeProvider time)
    {
        (_served, _time, _started) = (families, time, time.GetUtcNow());
        _queued = Now();
        _all = CreateDuration(meter, "kubeproxy_sync_proxy_rules_duration_seconds", "Duration of a sync in seconds, whether or not it succeeded");
        _full = CreateDuration(meter, "kubeproxy_sync_full_proxy_rules_duration_seconds", "Duration in seconds of a sync of all Services");
        _partial = CreateDuration(meter, "kubeproxy_sync_partial_proxy_rules_duration_seconds", "Duration in seconds of a sync of the Services that changed");
        _planning = meter.CreateHistogram(
            "kube_proxy_next_plan_duration_seconds", description: "Duration in seconds of the stage of a sync that plans, for all families; the rest of it applies.",
            advice: Durations);
        _latency = meter.CreateHistogram(
            "kubeproxy_network_programming_duration_seconds",
            description: "Time in seconds from a change of a pod or Service to its being in force, by ip_family.", advice: Latencies);
        _sweeps = CreateDuration(
            meter, "kubeproxy_conntrack_reconciler_sync_duration_seconds", "Duration in seconds of a sweep of the flows, which stands in for kube-proxy's conntrack cleanup");
        _failures = meter.CreateCounter<long>(
            "kube_proxy_next_sync_failures_total", description: "Attempts to put a Service in force that failed, by ip_family.");
        CreateGauges(meter);
    }

    /// <summary>Something changed.</summary>
    public void Queue() => Volatile.Write(ref _queued, Now());

    /// <summary>The flows of a family were swept.</summary>
    public void Sweep(IpFamily family, TimeSpan duration) => _sweeps.Record(duration.TotalSeconds, Label(family));

    /// <summary>A sync begins.</summary>
    public void Take(ClusterChanges? changes) => _triggers = changes?.TriggerTimes ?? [];

    /// <summary>A sync is over.</summary>
    public void Take(SyncResult result)
    {
        foreach (var family in result.Families)
        {
            var label = Label(family.Family);
            var seconds = (result.Planning + family.Applying).TotalSeconds;
            _all.Record(seconds, label);
            (result.IsFull ? _full : _partial).Record(seconds, label);
            if (family.Failures.Count > 0)
            {
                _failures.Add(family.Failures.Count, label);
            }
            else
            {
                ObserveLatencies(family.Family, label);
            }

            Note(result.Plans, family);
        }

        _planning.Record(result.Planning.TotalSeconds);
    }

    private static IEnumerable<double> Every(int first, int last, int step)
    {
        for (var at = first; at <= last; at += step)
        {
            yield return at;
        }
    }

    private static KeyValuePair<string, object?> Label(IpFamily family) => new(FamilyLabel, $"{family}");

    private static Histogram<double> CreateDuration(Meter meter, string name, string description) =>
        meter.CreateHistogram(name, description: $"{description}, by ip_family.", advice: Durations);

    // Endpoints there are, but none on this node: that is when a set with policy Local drops.
    private static (int Internal, int External) CountWithoutLocal(ServicePlan plan, IpFamily family)
    {
        var (inside, outside) = (0, 0);
        foreach (var port in plan.Ports.Where(port => port.Family == family && port.Sets.Any(IsWithoutLocal)))
        {
            inside += port.Frontends.Any(one => one is { Kind: FrontendKind.ClusterIP, Internal: TrafficPolicy.Local }) ? 1 : 0;
            outside += port.Frontends.Any(one => one.Kind is not (FrontendKind.ClusterIP or FrontendKind.ClusterIPRest) && one.External == TrafficPolicy.Local) ? 1 : 0;
        }

        return (inside, outside);
    }

    private static bool IsWithoutLocal(BackendSet set) =>
        set is { Policy: TrafficPolicy.Local, Backends.IsEmpty: true, IfEmpty: NoBackendVerdict.Drop };

    private void CreateGauges(Meter meter)
    {
        meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds", () => Read(family => family.Synced),
            description: "When all that had changed was last in force, in seconds since 1970, by ip_family.");
        meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds",
            () => _served.Select(family => new Measurement<double>(Volatile.Read(ref _queued), Label(family))),
            description: "When a sync was last asked for, in seconds since 1970, by ip_family.");
        meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total", ReadWithoutLocal,
            description: "Service ports with traffic policy Local and endpoints, none of which is on this node, by ip_family and traffic_policy.");
        meter.CreateObservableGauge(
            "kube_proxy_next_services_not_in_force", () => Read(family => family.NotInForce),
            description: "Services whose newest plan could not be put in force, by ip_family.");
    }

    private void ObserveLatencies(IpFamily family, KeyValuePair<string, object?> label)
    {
        foreach (var (_, time) in _triggers.Where(trigger => trigger.Family == family && trigger.Time > _started))
        {
            _latency.Record((_time.GetUtcNow() - time).TotalSeconds, label);
        }
    }

    private void Note(IReadOnlyList<ServicePlan> plans, FamilyResult result)
    {
        lock (_lock)
        {
            var before = _families.GetValueOrDefault(result.Family);
            _families[result.Family] = (result.Failures.Count == 0 ? Now() : before.Synced, result.Failures.Count);
            foreach (var plan in plans)
            {
                var counts = CountWithoutLocal(plan, result.Family);
                if (counts == default)
                {
                    _withoutLocal.Remove((result.Family, plan.Name));
                }
                else
                {
                    _withoutLocal[(result.Family, plan.Name)] = counts;
                }
            }
        }
    }

    private List<Measurement<double>> Read(Func<(double Synced, int NotInForce), double> value)
    {
        lock (_lock)
        {
            return [.. _families.Select(pair => new Measurement<double>(value(pair.Value), Label(pair.Key)))];
        }
    }

    private List<Measurement<long>> ReadWithoutLocal()
    {
        lock (_lock)
        {
            return
            [
                .. _served.SelectMany(family => new[] { ("internal", true), ("external", false) }.Select(policy => new Measurement<long>(
                    _withoutLocal.Where(pair => pair.Key.Family == family).Sum(pair => policy.Item2 ? pair.Value.Internal : pair.Value.External),
                    Label(family), new("traffic_policy", policy.Item1)))),
            ];
        }
    }

    private double Now() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
}
