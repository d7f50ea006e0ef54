namespace KubeProxyNext.EndToEnd.Affinity;

/// <summary>
/// A Service with session affinity keeps each client at the backend that it got first (behaviour 5). A client is a network namespace, or the source
/// address that it bound. Many ports stand for many draws: each has its own memory.
/// </summary>
internal sealed class AffinityTests : ClusterFixture
{
    private const int Ports = 20;
    private const string ClusterIpV4 = "10.96.5.1";
    private const string ClusterIpV6 = "fd00:10:96::5:1";
    private ServiceManifest _leaving = null!;

    protected override Task PrepareAsync(RunningCluster cluster) => ManyClients.PrepareAsync(cluster);

    /// <summary>What a client gets at each port of the Service.</summary>
    private static string PicksAt(string address, int first = 1000, string source = "") =>
        $"[greeting('{address}', port, source='{source}').split()[0] for port in range({first}, {first + Ports})]";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        _leaving = new ServiceManifest("leaving", "10.96.5.2").Port(80, ServerPorts.Greeting).Affinity();
        return
        [
            ManyPorts().Aggregate(
                new ServiceManifest("web", ClusterIpV4, ClusterIpV6).Affinity().ExternalIps("198.51.100.50").Backends(webs),
                (service, port) => service.Port(port.Port, port.Target, nodePort: 31000 + port.Port)),
            _leaving.Backends(webs),
            new ServiceManifest("udp", "10.96.5.3", "fd00:10:96::5:3").Port(7, ServerPorts.Echo, "UDP").Port(7, ServerPorts.Echo).Affinity()
                .Backends(webs),
        ];
    }

    [TestCase(ClusterIpV4)]
    [TestCase(ClusterIpV6)]
    public async Task Client_ConnectsAgainAndAgain_KeepsItsBackendOfEachPort(string address)
    {
        await using var client = Client.OpenPython();
        var first = await client.AskAsync(PicksAt(address));

        var more = await client.AskAsync($"set(str({PicksAt(address)}) for _ in range(20))");
        var otherProcess = await Client.PythonAsync($"print({PicksAt(address)})");

        Assert.That((more, otherProcess), Is.EqualTo(($"{{\"{first}\"}}", first)));
        Assert.That(Names(first).Distinct().Count(), Is.GreaterThan(1), "each port has a memory of its own");
    }

    [Test]
    public async Task Client_AnyAddressOfThePort_GetsTheSameBackend()
    {
        var picks = await Client.PythonAsync($"""
            print({PicksAt(ClusterIpV4)})
            print({PicksAt("172.18.0.2", 32000)})
            print({PicksAt("198.51.100.50")})
            print({PicksAt($"::ffff:{ClusterIpV4}")})
            """);

        Assert.That(picks.Split('\n'), Has.Length.EqualTo(4).And.All.EqualTo(picks.Split('\n')[0]));
    }

    /// <summary>Two free choices at 20 ports are the same once in 10^12 times.</summary>
    [Test]
    public async Task Clients_TwoPodsAndTheHost_ChooseByThemselves()
    {
        Place[] places = [Client, Cluster.Lab["web-1"], Cluster.NodeA];
        var picks = await Task.WhenAll(places.Select(place => place.PythonAsync($"print({PicksAt(ClusterIpV4)})")));

        Assert.That(picks, Is.Unique);
    }

    [Test]
    public async Task Client_BoundSourceAddress_IsAClientOfItsOwn()
    {
        await Client.AddAddressAsync("10.244.1.60/24");
        await using var client = Client.OpenPython();
        var unbound = await client.AskAsync(PicksAt(ClusterIpV4));
        var bound = await client.AskAsync(PicksAt(ClusterIpV4, source: Client.IPv4));
        var otherwise = await client.AskAsync(PicksAt(ClusterIpV4, source: "10.244.1.60"));

        var again = await client.AskAsync(PicksAt(ClusterIpV4, source: Client.IPv4));

        Assert.That(new[] { unbound, bound, otherwise }, Is.Unique);
        Assert.That(again, Is.EqualTo(bound));
    }

    [TestCase("10.96.5.3")]
    [TestCase("fd00:10:96::5:3")]
    public async Task Udp_ManySockets_OneBackend(string address)
    {
        var names = await Client.PythonAsync($"""
            for _ in range(20):
                print(echo_from(udp('{address}'), '{address}', 7), echo(connected_udp('{address}', 7)))
            """);

        Assert.That(names.Split('\n').Distinct().Count(), Is.EqualTo(1));
        Assert.That(names.Split('\n')[0].Split(' ').Distinct().Count(), Is.EqualTo(1), "connected or not");
    }

    /// <summary>Backends that stay keep their clients; of those that left and came back nobody is remembered.</summary>
    [Test]
    public async Task Endpoints_LeaveAndComeBack_TheirClientsChooseAnew()
    {
        await using var host = Cluster.NodeA.OpenPython();
        var picks = $"[greeting('10.96.5.2', 80, source={ManyClients.Source("i")}) for i in range(40)]";
        var newcomers = $"set(greeting('10.96.5.2', 80, source={ManyClients.Fresh}) for _ in range(20))";
        var before = Names(await host.AskAsync(picks));

        Cluster.Manifests.Apply(_leaving.Backends(Cluster.Webs[0]));
        await Eventually.SeesAsync("newcomers", () => host.AskAsync(newcomers), seen => seen == "{'web-1'}");
        Cluster.Manifests.Apply(_leaving.Backends(Cluster.Webs));
        await Eventually.SeesAsync("newcomers", () => host.AskAsync(newcomers), seen => seen != "{'web-1'}");
        var after = Names(await host.AskAsync(picks));

        Assert.That(before.Zip(after).Where(one => one.First == "web-1").Select(one => one.Second), Is.All.EqualTo("web-1"), "its clients stay");
        Assert.That(after, Is.Not.EqualTo(before), "the others choose anew");
    }

    [Test]
    public async Task Affinity_SwitchedOffAndOn_IsForgotten()
    {
        var service = new ServiceManifest("switched", "10.96.5.4").With(ManyPorts()).Backends(Cluster.Webs);
        await using var client = Client.OpenPython();
        Cluster.Manifests.Apply(service.Affinity());
        var before = await Eventually.SeesAsync("picks", () => client.AskAsync(PicksAt("10.96.5.4")), seen => Names(seen).Length == Ports);

        Cluster.Manifests.Apply(service);
        await Eventually.SeesAsync(
            "free choices", () => client.AskAsync($"len(set(str({PicksAt("10.96.5.4")}) for _ in range(3)))"), seen => seen == "3");
        Cluster.Manifests.Apply(service.Affinity());
        await Eventually.SeesAsync(
            "kept choices", () => client.AskAsync($"len(set(str({PicksAt("10.96.5.4")}) for _ in range(3)))"), seen => seen == "1");

        Assert.That(await client.AskAsync(PicksAt("10.96.5.4")), Is.Not.EqualTo(before));
    }

    private static IEnumerable<(int Port, int Target)> ManyPorts() =>
        Enumerable.Range(0, Ports).Select(i => (1000 + i, ServerPorts.ManyFirst + i));

    /// <summary>A Python list of strings, taken apart; the name of an errno is a list of one.</summary>
    private static string[] Names(string list) => list.Trim('[', ']').Replace("'", "", StringComparison.Ordinal).Split(", ");
}
