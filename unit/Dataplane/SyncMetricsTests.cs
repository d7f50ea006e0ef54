using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry.Exposition;
using KubeProxyNext.Unit.Cluster.Api;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What is measured of syncs: behaviour 8.1 and 9.4.</summary>
internal sealed class SyncMetricsTests
{
    private static readonly ServicePlan Nothing = new(new("default", "web"), []);

    private ManualTime _time = null!;
    private Meter _meter = null!;
    private MetricRegistry _registry = null!;
    private SyncMetrics _metrics = null!;

    [SetUp]
    public void Create()
    {
        _time = new();
        _meter = new("test");
        _registry = new(_meter, error => Assert.Fail($"{error}"));
        _metrics = new(_meter, [IpFamily.IPv4, IpFamily.IPv6], _time);
    }

    [TearDown]
    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    [Test]
    public void Latency_IsThatOfTriggersSinceTheStart_InTheirFamily()
    {
        var started = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(10));
        _metrics.Take(Changes((IpFamily.IPv4, started.AddSeconds(8)), (IpFamily.IPv4, started.AddSeconds(-1))));
        _metrics.Take(Result());

        Assert.That(Lines("network_programming_duration_seconds_"), Is.EqualTo([
            """kubeproxy_network_programming_duration_seconds_sum{ip_family="IPv4"} 2""",
            """kubeproxy_network_programming_duration_seconds_count{ip_family="IPv4"} 1""",
        ]));
    }

    [Test]
    public void Latency_OfASyncThatFails_IsNotMeasured_NorWhenItIsMadeGood()
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        _metrics.Take(Changes((IpFamily.IPv4, _time.GetUtcNow())));
        _metrics.Take(Result(failures: 1));
        _metrics.Take((ClusterChanges?)null);
        _metrics.Take(Result());

        Assert.That(Lines("network_programming_duration_seconds_"), Is.Empty);
    }

    [Test]
    public void LastTimestamp_IsThatOfTheLastSuccess()
    {
        _metrics.Take(Result());
        var success = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        _time.Advance(TimeSpan.FromSeconds(5));
        _metrics.Take(Result(failures: 2));

        Assert.That(Lines("last_timestamp_seconds{"), Is.EqualTo([$$"""kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv4"} {{success}}"""]));
        Assert.That(Lines("not_in_force{"), Is.EqualTo(["""kube_proxy_next_services_not_in_force{ip_family="IPv4"} 2"""]));
        Assert.That(Lines("sync_failures_total{"), Is.EqualTo(["""kube_proxy_next_sync_failures_total{ip_family="IPv4"} 2"""]));
    }

    [Test]
    public void Queued_IsNotedForEachFamily_FirstOfAllAtTheStart()
    {
        var started = Lines("last_queued_timestamp_seconds{");
        _time.Advance(TimeSpan.FromSeconds(5));
        _metrics.Queue();

        Assert.That(started, Is.EqualTo(Queued("1767225600")));
        Assert.That(Lines("last_queued_timestamp_seconds{"), Is.EqualTo(Queued("1767225605")));
    }

    [TestCase(true, "full")]
    [TestCase(false, "partial")]
    public void Duration_IsPlanningAndTheFamilysOwnPart(bool isFull, string kind)
    {
        _metrics.Take(Result(isFull));

        foreach (var name in new[] { "sync_proxy_rules", $"sync_{kind}_proxy_rules" })
        {
            Assert.That(Lines($"{name}_duration_seconds_sum"), Is.EqualTo([$$"""kubeproxy_{{name}}_duration_seconds_sum{ip_family="IPv4"} 0.03"""]));
            Assert.That(Lines($"{name}_duration_seconds_bucket"), Has.Count.EqualTo(16));
        }
    }

    [Test]
    public void Buckets_AreKubeProxys()
    {
        _metrics.Take(Result());
        _time.Advance(TimeSpan.FromSeconds(1));
        _metrics.Take(Changes((IpFamily.IPv4, _time.GetUtcNow())));
        _metrics.Take(Result());

        Assert.That(Bounds("kubeproxy_sync_proxy_rules_duration_seconds"), Is.EqualTo(
            "0.001 0.002 0.004 0.008 0.016 0.032 0.064 0.128 0.256 0.512 1.024 2.048 4.096 8.192 16.384 +Inf"));
        Assert.That(Bounds("kubeproxy_network_programming_duration_seconds"), Is.EqualTo(
            $"0.25 0.5 {string.Join(' ', Enumerable.Range(1, 59))} 60 65 70 75 80 85 90 95 100 105 110 115 120 150 180 210 240 270 300 +Inf"));
    }

    [TestCase(TrafficPolicy.Local, TrafficPolicy.Cluster, NoBackendVerdict.Drop, 1, 0)]
    [TestCase(TrafficPolicy.Cluster, TrafficPolicy.Local, NoBackendVerdict.Drop, 0, 1)]
    [TestCase(TrafficPolicy.Local, TrafficPolicy.Local, NoBackendVerdict.Reject, 0, 0)]
    public void NoLocalEndpoints_CountsPortsThatHaveSomeElsewhere(
        TrafficPolicy inside, TrafficPolicy outside, NoBackendVerdict verdict, int internally, int externally)
    {
        var set = new BackendSet(TrafficPolicy.Local, [], verdict);
        var port = new ServicePortPlan("http", Protocol.Tcp, IpFamily.IPv4,
        [
            new(new(IpAddress.Parse("10.96.0.1"), 80, Protocol.Tcp), FrontendKind.ClusterIP, inside, inside),
            new(new(IpAddress.Parse("0.0.0.0"), 30080, Protocol.Tcp), FrontendKind.NodePort, TrafficPolicy.Cluster, outside),
        ], [set]);
        _metrics.Take(Result(plan: Nothing with { Ports = [port] }));
        var found = Lines("no_local_endpoints_total{ip_family=\"IPv4\"");
        _metrics.Take(Result());

        Assert.That(found, Is.EqualTo(NoLocal(externally, internally)));
        Assert.That(Lines("no_local_endpoints_total{ip_family=\"IPv4\""), Is.EqualTo(NoLocal(0, 0)), "when the Service has gone");
    }

    private static ClusterChanges Changes(params (IpFamily, DateTimeOffset)[] triggers) => new([], null, IsFirst: false) { TriggerTimes = triggers };

    private static SyncResult Result(bool isFull = false, int failures = 0, ServicePlan? plan = null) => new(
        [plan ?? Nothing], isFull, TimeSpan.FromMilliseconds(10),
        [
            new(IpFamily.IPv4, TimeSpan.FromMilliseconds(20),
                [.. Enumerable.Range(0, failures).Select(_ => new ApplyFailure(Nothing, IpFamily.IPv4, new InvalidOperationException()))]),
        ]);

    private static string[] Queued(string at) =>
        [.. new[] { "IPv4", "IPv6" }.Select(family => $$"""kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family="{{family}}"} {{at}}""")];

    private static string[] NoLocal(int external, int inside) =>
    [
        $$"""kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"} {{external}}""",
        $$"""kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"} {{inside}}""",
    ];

    private string Bounds(string name) => string.Join(' ', Lines($"{name}_bucket").Select(line => line.Split("le=\"")[1].Split('"')[0]));

    private IReadOnlyList<string> Lines(string part)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _registry.Write(buffer);
        return [.. Encoding.UTF8.GetString(buffer.WrittenSpan).Split('\n').Where(line => line.Length > 0 && line[0] != '#' && line.Contains(part, StringComparison.Ordinal)
            && (part.Contains("bucket", StringComparison.Ordinal) || !line.Contains("_bucket", StringComparison.Ordinal)))];
    }
}
