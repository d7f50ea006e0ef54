namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>Every rule holds while no daemon runs, and after the next one took over.</summary>
internal sealed class RestartTests
{
    private const int Ports = 20;
    private const string Balanced = "198.51.100.80";
    private RunningCluster _cluster = null!;
    private ServiceManifest _udp = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _udp = new ServiceManifest("udp", "10.96.12.3", "fd00:10:96::c:3").Port(7, ServerPorts.Echo, "UDP", 30703);
        _cluster.Manifests.Apply(_udp.Backends(_cluster.Webs));
        _cluster.Manifests.Apply(new ServiceManifest("affine", "10.96.12.1").Affinity().Backends(_cluster.Webs)
            .With(Enumerable.Range(0, Ports).Select(i => (1000 + i, ServerPorts.ManyFirst + i))));
        _cluster.Manifests.Apply(new ServiceManifest("restricted", "10.96.12.2", "fd00:10:96::c:2")
            .Port(80, ServerPorts.Greeting, nodePort: 30702).LoadBalancer(Balanced).SourceRanges("10.244.1.11/32").Backends(_cluster.Webs[2]));
        _cluster.Manifests.Apply(new ServiceCidrManifest("kubernetes", "10.96.0.0/16", "fd00:10:96::/108"));
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Daemon_KilledAndStartedAgain_EveryRuleHoldsThroughout()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var client = _cluster.Client.OpenPython();
        var before = await PicksAsync(client);
        await AssertRulesAsync("with the first daemon");

        await first.DisposeAsync();
        await AssertRulesAsync("with no daemon");
        Assert.That(await PicksAsync(client), Is.EqualTo(before), "affinity, with no daemon");

        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await AssertRulesAsync("with the second daemon");
        Assert.That(await PicksAsync(client), Is.EqualTo(before), "affinity, with the second daemon");
    }

    [Test]
    public async Task Backend_LeavesWhileNoDaemonRuns_ItsUdpSocketsFailWhenTheNextOneStarts()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var client = _cluster.Client.OpenPython();
        await client.AskAsync("make = lambda: connected_udp('10.96.12.3', 7)\nleaves, stays = held('web-1', make), held('web-2', make)");
        await first.DisposeAsync();

        _cluster.Manifests.Apply(_udp.Backends(_cluster.Webs.Skip(1)));
        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);

        Assert.That(await client.AskAsync("leaves.recv(100)"), Is.EqualTo("ECONNABORTED"));
        Assert.That(await client.AskAsync("echo(stays)"), Is.EqualTo("web-2"));
    }

    [Test]
    public async Task Cleanup_AfterEveryRuleWasInForce_NothingIsLeft()
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA))
        {
            await AssertRulesAsync("before");
        }

        await Daemon.CleanupAsync(_cluster.NodeA);

        var folder = _cluster.NodeA.BpfFolder;
        Assert.That(Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [], Is.Empty);
        Assert.That(await CgroupPrograms.CountAsync(_cluster.NodeA), Is.Zero);
        Assert.That(await _cluster.NodeA.PythonAsync("print(attempt(lambda: bound('0.0.0.0', 30702, socket.SOCK_STREAM) and 'bound'))"), Is.EqualTo("bound"));
        Assert.That(await _cluster.Client.PythonAsync("print(attempt(lambda: greeting('172.18.0.2', 30702)))"), Is.EqualTo("ECONNREFUSED"), "nobody listens");
    }

    private static Task<string> PicksAsync(PythonSession client) =>
        client.AskAsync($"[greeting('10.96.12.1', port).split()[0] for port in range(1000, {1000 + Ports})]");

    /// <summary>NodePorts, source ranges, service networks and the protection of NodePorts.</summary>
    private async Task AssertRulesAsync(string when)
    {
        var ask = $"""
            for address, port in ('172.18.0.2', 30702), ('fd00:172:18::2', 30702), ('{Balanced}', 80), ('10.96.12.99', 80), ('fd00:10:96::c:99', 80):
                print(attempt(lambda: greeting(address, port)))
            print(attempt(lambda: bound('0.0.0.0', 30702, socket.SOCK_STREAM) and 'bound'))
            """;

        var pod = await _cluster.Client.PythonAsync(ask);
        var host = await _cluster.NodeA.PythonAsync(ask);

        Assert.That(pod.Split('\n'), Is.EqualTo(["web-3", "web-3", "web-3", "ECONNREFUSED", "ECONNREFUSED", "bound"]), when);
        Assert.That(host.Split('\n'), Is.EqualTo(["web-3", "web-3", "ETIMEDOUT", "ECONNREFUSED", "ECONNREFUSED", "EADDRINUSE"]), when);
    }
}
