using System.Buffers;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Text;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry.Exposition;
using KubeProxyNext.Unit.Cluster.Api;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>How full the maps are said to be: of each that can be full.</summary>
[RequiresBpf]
public sealed class MapUseTests : RealMapsFixture
{
    private const int Ranges = 700;

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 2000, SourceRanges: 1000, Affinities: 4096);

    [Test]
    public void NothingThere_IsNothing()
    {
        Assert.That(Tested.ReadMaps().Select(use => (use.Map, use.Entries)), Is.EqualTo(new[]
        {
            ("frontends", 0), ("service_counters", 0), ("backends", 0), ("slots", 0), ("node_addresses", 0),
        }));
        Assert.That(Tested.CountMaps(), Is.EqualTo(new[] { Use("sockets", 0, 2048), Use("source_ranges", 0, 1000), Use("affinities", 0, 4096) }));
    }

    [Test]
    public void NodeAddresses_AreThoseThatAcceptNodePorts()
    {
        Tested.SetNodeAddresses([IpAddress.Parse("192.0.2.11"), IpAddress.Parse("192.0.2.12")], loopback: true);

        Assert.That(Tested.ReadMaps().Last(), Is.EqualTo(Use("node_addresses", 2, 4096)));
    }

    [Test]
    public void SourceRanges_MoreThanAreReadAtOnce_AreAllCounted()
    {
        Tested.Apply(Restricted(Ranges));

        Assert.That(Tested.CountMaps(), Does.Contain(Use("source_ranges", Ranges, 1000)));
    }

    [Test]
    public void Sockets_AreCountedByTheWaysThatAreTaken()
    {
        var map = Tested.Programs.Map("sockets");
        WriteCookies(map, bucket: 0, 1, 0, 3, 0);
        WriteCookies(map, bucket: 256, 5, 6, 7, 8);
        WriteCookies(map, bucket: map.MaxEntries - 1, 0, 0, 0, 9);

        Assert.That(Tested.CountMaps(), Does.Contain(Use("sockets", 7, 2048)));
    }

    [Test]
    public void Affinities_AreThoseOnRecord()
    {
        const int Clients = 600;
        var map = new BpfMap<(ulong Netns, uint Address, uint Service), (ulong, ulong, ulong)>(Tested.Programs.Map("affinities"));
        for (var client = 0u; client < Clients; client++)
        {
            map.TrySet((0, client, 3), default);
        }

        Assert.That(Tested.CountMaps(), Does.Contain(Use("affinities", Clients, 4096)));
    }

    [Test]
    public void Metrics_CountAnewAfterHalfAMinute()
    {
        const string Series = """kube_proxy_next_map_entries{ip_family="IPv4",map="source_ranges"} """;
        var time = new ManualTime();
        using var pins = new TemporaryPins();
        using var dataplane = KubeProxyNext.Dataplane.Dataplane.Load(pins.Bpffs, pins.Cgroup, [IpFamily.IPv4], Small);
        using var meter = new Meter("test");
        using var registry = new MetricRegistry(meter, error => Assert.Fail($"{error}"));
        using var shown = new DataplaneMetrics(meter, time).Show(dataplane);

        Assert.That(Read(registry, Series), Is.EqualTo("0"));
        dataplane.Apply([Restricted(Ranges)]);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(Read(registry, Series), Is.EqualTo("0"), "as it was half a minute ago");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Read(registry, Series), Is.EqualTo($"{Ranges}"));
        Assert.That(Read(registry, """kube_proxy_next_map_entries{ip_family="IPv4",map="slots"} """), Is.EqualTo("1"));
        Assert.That(Read(registry, """kube_proxy_next_map_capacity{ip_family="IPv4",map="source_ranges"} """), Is.EqualTo("1000"));
    }

    private static MapUse Use(string map, int entries, int capacity) => new(IpFamily.IPv4, map, entries, capacity);

    private static ServicePlan Restricted(int ranges)
    {
        var plan = Plan("web", "198.51.100.7:80", "10.0.1.1:80");
        return plan with
        {
            Ports =
            [
                plan.Ports[0] with
                {
                    Frontends = [External(FrontendKind.LoadBalancerIP, "198.51.100.7:80")],
                    SourceRanges = [.. Enumerable.Range(0, ranges).Select(i => IpNetwork.TryParse($"10.{i / 256}.{i % 256}.0/24", out var network) ? network : default)],
                },
            ],
        };
    }

    private static void WriteCookies(BpfMap sockets, int bucket, params ulong[] cookies)
    {
        var value = new byte[sockets.ValueSize];
        MemoryMarshal.AsBytes(cookies.AsSpan()).CopyTo(value);
        sockets.Write(bucket, value);
    }

    private static string Read(MetricRegistry registry, string series)
    {
        var text = new ArrayBufferWriter<byte>();
        registry.Write(text);
        return Encoding.UTF8.GetString(text.WrittenSpan).Split('\n').Single(line => line.StartsWith(series, StringComparison.Ordinal))[series.Length..];
    }
}
