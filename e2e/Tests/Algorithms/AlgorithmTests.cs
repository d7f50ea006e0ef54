namespace KubeProxyNext.EndToEnd.Algorithms;

/// <summary>The annotations that say how a Service's clients are spread, and how much each backend takes.</summary>
internal sealed class AlgorithmTests : ClusterFixture
{
    private const string Algorithm = "kube-proxy-next.io/algorithm";
    private ServiceManifest _idle = null!;
    private ServiceManifest _draining = null!;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        _idle = Service(4, "least-connections");
        _draining = Service(6, "round-robin").Port(7, ServerPorts.Echo).Backends(webs[0], webs[1]);
        return
        [
            Service(1, "round-robin").Port(7, ServerPorts.Echo, "UDP").Backends(webs),
            Service(2, "round-robin").Backends(webs.Take(3)).Weights((webs[0], 2)),
            Service(3, "random").Backends(webs[0], webs[1]).Weights((webs[0], 3)),
            _idle.Backends(webs[0]),
            Service(5, "maglev").Backends(webs),
            _draining,
            Service(7, "maglev").Backends(webs).Weights((webs[0], 5), (webs[3], 0)),
            Service(8, "fastest").Backends(webs),
        ];
    }

    protected override Task PrepareAsync(RunningCluster cluster) => ManyClients.PrepareAsync(cluster);

    [TestCase("10.96.8.1")]
    [TestCase("fd00:10:96::8:1")]
    public async Task RoundRobin_EachConnectionIsTheNextOnesTurn(string address)
    {
        var names = (await Client.PythonAsync($"print(*(greeting('{address}', 80) for _ in range(40)))")).Split(' ');

        Assert.That(names.Take(4), Is.Unique);
        Assert.That(names, Is.EqualTo(Enumerable.Repeat(names.Take(4), 10).SelectMany(turn => turn)));
    }

    [Test]
    public async Task RoundRobin_EachUdpSocketIsTheNextOnesTurn()
    {
        var names = (await Client.PythonAsync("print(*(echo_from(udp('10.96.8.1'), '10.96.8.1', 7) for _ in range(40)))")).Split(' ');

        Assert.That(names, Is.EqualTo(Enumerable.Repeat(names.Take(4), 10).SelectMany(turn => turn)).And.Exactly(10).EqualTo("web-1"));
    }

    [Test]
    public async Task RoundRobin_Weights_AreTurnsExactly()
    {
        var names = (await Client.PythonAsync("print(*(greeting('10.96.8.2', 80) for _ in range(40)))")).Split(' ');

        var turns = names.CountBy(name => name).ToDictionary();
        Assert.That((turns["web-1"], turns["web-2"], turns["web-3"]), Is.EqualTo((20, 10, 10)));
    }

    /// <summary>3 of 4 connections, give or take five standard deviations: wrong once in two million runs.</summary>
    [Test]
    public async Task Random_Weights_AreShares()
    {
        const int connections = 2000;
        var share = await Client.PythonAsync($"print(sum(greeting('10.96.8.3', 80) == 'web-1' for _ in range({connections})))");

        Assert.That(int.Parse(share, null), Is.EqualTo(connections * 3 / 4).Within(5 * Math.Sqrt(connections * 3.0 / 16)));
    }

    /// <summary>
    /// One of two backends holds 30 connections. Two draws are both the busy one in a quarter of cases, so 3 of 4 connections go to the idle one;
    /// fewer than 250 of 400 would be six standard deviations off, as would be more by a choice at random.
    /// </summary>
    [TestCase("10.96.8.4")]
    [TestCase("fd00:10:96::8:4")]
    public async Task LeastConnections_OneBackendIsBusy_TheIdleOneIsPreferred(string address)
    {
        await using var client = Client.OpenPython();
        Cluster.Manifests.Apply(_idle.Backends(Cluster.Webs[0]));
        var several = $"{{greeting('{address}', 80) for _ in range(20)}}";
        await Eventually.SeesAsync("one backend", () => client.AskAsync(several), seen => seen == "{'web-1'}");
        await client.AskAsync($"busy = [tcp('{address}', 80) for _ in range(30)]");

        Cluster.Manifests.Apply(_idle.Backends(Cluster.Webs[0], Cluster.Webs[1]));
        await RunningCluster.SeesAsync(client, address, "web-2");
        var idle = await client.AskAsync($"sum(greeting('{address}', 80) == 'web-2' for _ in range(400))");

        Assert.That(int.Parse(idle, null), Is.GreaterThan(250));
    }

    /// <summary>60 clients leave one of four out once in ten million times.</summary>
    [Test]
    public async Task Maglev_EachClientKeepsItsBackendAndClientsAreSpread()
    {
        await using var host = Cluster.NodeA.OpenPython();
        var picks = $"[greeting('10.96.8.5', 80, source={ManyClients.Source("i")}) for i in range(60)]";
        var first = await host.AskAsync(picks);

        var again = await host.AskAsync(picks);
        var pod = await Client.PythonAsync("print(*{greeting('10.96.8.5', 80) for _ in range(20)})");

        Assert.That(again, Is.EqualTo(first));
        Assert.That(Cluster.Webs.Select(web => web.Name).Where(name => !first.Contains(name, StringComparison.Ordinal)), Is.Empty, "left out");
        Assert.That(pod, Does.Match("^web-.$"), "a pod that bound no address is one client");
    }

    /// <summary>5 of 7 clients, give or take five standard deviations.</summary>
    [Test]
    public async Task Maglev_Weights_AreSharesOfTheClients()
    {
        const int clients = 700;
        var share = await Cluster.NodeA.PythonAsync($"""
            names = [greeting('10.96.8.7', 80, source={ManyClients.Fresh}) for _ in range({clients})]
            print(names.count('web-1'), names.count('web-4'))
            """);

        var (most, none) = (int.Parse(share.Split(' ')[0], null), int.Parse(share.Split(' ')[1], null));
        Assert.That(most, Is.EqualTo(clients * 5 / 7).Within(5 * Math.Sqrt(clients * 10.0 / 49)));
        Assert.That(none, Is.Zero, "weight 0");
    }

    [Test]
    public async Task Weight_BecomesZero_NewConnectionsGoElsewhereAndOpenOnesGoOn()
    {
        await using var client = Client.OpenPython();
        await client.AskAsync("s = held('web-1', lambda: tcp('10.96.8.6', 7))");

        Cluster.Manifests.Apply(_draining.Weights((Cluster.Webs[0], 0)));
        const string several = "{greeting('10.96.8.6', 80) for _ in range(4)}";
        await Eventually.SeesAsync("draining", () => client.AskAsync(several), seen => seen == "{'web-2'}");

        Assert.That(await client.AskAsync("echo(s)"), Is.EqualTo("web-1"));
    }

    [Test]
    public async Task Algorithm_NobodyKnowsIt_IsSaidAndRandomIsTaken()
    {
        var line = await Cluster.Daemons[0].Log.WaitForAsync("fastest", TimeSpan.FromSeconds(10));
        var names = await Client.PythonAsync("print(*sorted({greeting('10.96.8.8', 80) for _ in range(60)}))");

        Assert.That(line, Does.Contain("default/service-8").And.Contain(Algorithm));
        Assert.That(names, Is.EqualTo("web-1 web-2 web-3 web-4"));
    }

    private static ServiceManifest Service(int number, string algorithm) =>
        new ServiceManifest($"service-{number}", $"10.96.8.{number}", $"fd00:10:96::8:{number}")
            .Port(80, ServerPorts.Greeting).Annotated(Algorithm, algorithm);
}
