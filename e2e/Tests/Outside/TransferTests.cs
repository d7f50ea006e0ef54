using KubeProxyNext.EndToEnd.Web;

namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>
/// What clients outside are used to run works, and arrives whole, whatever its size: through a node that keeps the client's address, through one
/// that does not, and on to another node, where the way is as narrow as an overlay.
/// </summary>
[TestFixture("plain")]
[TestFixture("overlay")]
internal sealed class TransferTests(string network) : OutsideFixture(network == "plain" ? OutsideCluster.Plain : OutsideCluster.Overlay)
{
    private const int Megabyte = 1_000_000;
    private const int Counted = 4;
    private const int Narrow = 1300;
    private const int Wide = 1500;

    // Backend elsewhere, backend here, client's address kept.
    private const string Vips = "'198.51.100.1', '2001:db8:100::1', '198.51.100.2', '2001:db8:100::2', '198.51.100.3', '2001:db8:100::3'";

    private static readonly string[] BackendOfEach = ["web-3", "web-3", "web-1", "web-1", "web-1", "web-1"];

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs[2]),
        Service(2).Backends(webs[0]),
        Service(3).Backends(webs[0]).ExternalLocal(),
        Service(Counted).Backends(webs[2]),
    ];

    [Test]
    public async Task Curl_NodePort_Answers()
    {
        string[] answers =
        [
            (await Client.RunAsync("curl", "-sS", $"http://{Cluster.NodeA.IPv4}:30831")).Output,
            (await Client.RunAsync("curl", "-sS", $"http://[{Cluster.NodeA.IPv6}]:30831")).Output,
        ];

        Assert.That(answers, Is.All.EqualTo("web-3"));
    }

    [Test]
    public async Task Dig_LoadBalancer_Answers()
    {
        string[] answers =
        [
            (await Client.RunAsync("dig", "+short", "@198.51.100.1", "web.demo")).Output,
            (await Client.RunAsync("dig", "+short", "@2001:db8:100::1", "web.demo", "AAAA")).Output,
        ];

        Assert.That(answers, Is.EqualTo(new[] { Cluster.Webs[2].IPv4, Cluster.Webs[2].IPv6 }));
    }

    [Test]
    public async Task Iperf_BothDirections_EndsWell([Values("198.51.100.1", "2001:db8:100::2")] string vip)
    {
        await using var server = Cluster.Lab[vip.EndsWith('1') ? "web-3" : "web-1"].Start("iperf3", "-s", "-p", "5201", "--forceflush");
        await server.Output.WaitForAsync("Server listening", TimeSpan.FromSeconds(10));

        (await Client.RunAsync("iperf3", "-c", vip, "-n", "20M")).MustSucceed();
        (await Client.RunAsync("iperf3", "-c", vip, "-n", "20M", "-R")).MustSucceed();
        (await Client.RunAsync("iperf3", "-c", vip, "-u", "-b", "20M", "-n", "2M", "-l", "1200")).MustSucceed();
    }

    [Test]
    public async Task Bulk_WayToClientsIsNarrow_ServersLearnIt()
    {
        await Cluster.Lab.Router.NarrowToOutsideAsync(Narrow);
        try
        {
            await AssertTransferAsync();
        }
        finally
        {
            await Cluster.Lab.Router.NarrowToOutsideAsync(Wide);
        }
    }

    [Test]
    public async Task Bulk_WayToNodesIsNarrow_ClientsLearnIt()
    {
        await Cluster.Lab.Router.NarrowToNodesAsync(Narrow);
        try
        {
            await AssertTransferAsync();
        }
        finally
        {
            await Cluster.Lab.Router.NarrowToNodesAsync(Wide);
        }
    }

    [Test]
    public async Task Bulk_OfAnyWay_ArrivesWhole() => await AssertTransferAsync();

    [Test]
    public async Task LargeDatagram_BothDirections_ArrivesWhole()
    {
        var names = await Client.PythonAsync($"""
            for address in {Vips}:
                with connected_udp(address, 7) as s:
                    s.settimeout(0.5)
                    print(*(large_echo(s, size) for size in (1200, 1440, 1472, 5000, 60000)))
            """);

        Assert.That(names.Split('\n'), Is.EqualTo(BackendOfEach.Select(name => string.Join(' ', Enumerable.Repeat(name, 5)))));
    }

    [Test]
    public async Task Answer_ByAnotherDevice_FindsItsClient()
    {
        // Nothing changes without an overlay: there is one way between nodes.
        foreach (var (source, via) in new[] { ("10.244.1.0/32", Cluster.NodeA.IPv4), ("fd00:10:244:1::/128", Cluster.NodeA.IPv6) })
        {
            await Cluster.NodeB.IpAsync("route", "replace", source, "via", via);
        }

        var names = await Client.PythonAsync($"""
            for address in '198.51.100.1', '2001:db8:100::1':
                print(download(address, 90, {Megabyte}), upload(address, 90, {Megabyte}), echo(connected_udp(address, 7)))
            """);

        foreach (var source in new[] { "10.244.1.0/32", "fd00:10:244:1::/128" })
        {
            await Cluster.NodeB.IpAsync("route", "del", source);
        }

        Assert.That(names.Split('\n'), Is.All.EqualTo("web-3 web-3 web-3"));
    }

    [Test]
    public async Task Download_IsCountedAtItsService([Values("IPv4", "IPv6")] string family)
    {
        var vip = family == "IPv4" ? $"198.51.100.{Counted}" : $"2001:db8:100::{Counted}";
        await Client.PythonAsync($"download('{vip}', 90, {Megabyte})");

        var bytes = await CarriedAsync("bytes", "to_clients", family, atLeast: Megabyte);
        var packets = await CarriedAsync("packets", "to_clients", family, atLeast: 1);
        var asked = await CarriedAsync("packets", "to_backends", family, atLeast: 1);

        Assert.That(bytes, Is.LessThan(1.2 * Megabyte), "once, with the headers");
        Assert.That(packets, Is.LessThan(bytes / 500), "of a thousand bytes or more, for the most part");
        Assert.That(asked, Is.LessThan(1.5 * packets));
    }

    // As of the first sweep that knows of so much.
    private async Task<double> CarriedAsync(string what, string direction, string family, double atLeast)
    {
        var series = $"kube_proxy_next_service_{what}_total{{direction=\"{direction}\",ip_family=\"{family}\",namespace=\"default\","
            + $"port=\"tcp-90\",protocol=\"TCP\",service=\"service-{Counted}\"}} ";
        return await Eventually.SeesAsync(
            series, async () => ValueOf(series, (await HttpAnswer.OfAsync(Cluster.NodeA, "http://127.0.0.1:10249/metrics")).Body), value => value >= atLeast);
    }

    private static double ValueOf(string series, string metrics) =>
        metrics.Split('\n').SingleOrDefault(line => line.StartsWith(series, StringComparison.Ordinal)) is { } line ? double.Parse(line[series.Length..]) : 0;

    private async Task AssertTransferAsync()
    {
        var names = await Client.PythonAsync($"""
            for address in {Vips}:
                print(download(address, 90, {Megabyte}), upload(address, 90, {Megabyte}))
            """);

        Assert.That(names.Split('\n'), Is.EqualTo(BackendOfEach.Select(name => $"{name} {name}")));
    }

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.22.{number}", $"fd00:10:96::e:16{number}")
        .Port(80, ServerPorts.Http, nodePort: 30830 + number).Port(90, ServerPorts.Bulk).Port(5201, 5201).Port(5201, 5201, "UDP")
        .Port(7, ServerPorts.Echo, "UDP").Port(53, ServerPorts.Dns, "UDP")
        .LoadBalancer($"198.51.100.{number}").LoadBalancer($"2001:db8:100::{number}");
}
