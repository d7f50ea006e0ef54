namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>The dataplane lives in the kernel: however the daemon ends, clients do not notice.</summary>
internal sealed class LifeTests
{
    private const string Address = "10.96.0.80";
    private const string AddressV6 = "fd00:10:96::80";
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(2);

    private RunningCluster _cluster = null!;
    private ServiceManifest _service = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _service = new ServiceManifest("web", Address, AddressV6).Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo)
            .Backends(_cluster.Webs[2]);
        _cluster.Manifests.Apply(_service);
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [TestCase(Signal.Kill)]
    [TestCase(Signal.Terminate)]
    [TestCase(Signal.Interrupt)]
    public async Task Daemon_Ends_EstablishedAndNewConnectionsWork(Signal signal)
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var established = await EstablishAsync();

        daemon.Process.Signal(signal);
        var end = await daemon.Process.ResultAsync(SoonEnough);

        Assert.That(end.ExitCode, Is.EqualTo(signal == Signal.Kill ? 128 + (int)Signal.Kill : 0), $"{end}");
        await AssertServedAsync(established);
    }

    [Test]
    public async Task Daemon_RestartsAfterSigkill_TakesUpWhereItWas()
    {
        var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var established = await EstablishAsync();
        var client = await RunningClient.TcpAsync(_cluster.Client, Address);
        await first.DisposeAsync();

        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await AssertServedAsync(established);
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");

        Assert.That((await client.StopAsync()).Keys, Is.EquivalentTo(["web-1", "web-3"]), "answers of backends, and no error");
    }

    [Test]
    public async Task Daemon_ServiceDeletedWhileItWasAway_IsGoneAfterRestart()
    {
        var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-3");
        await first.DisposeAsync();
        _cluster.Manifests.Delete(_service);
        var untouched = await _cluster.Client.PythonAsync("print(attempt(lambda: greeting('10.96.0.98', 80)))");

        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);

        await RunningCluster.SeesAsync(_cluster.Client, Address, untouched);
    }

    [Test]
    public async Task Cleanup_AfterTheDaemonEnded_LeavesNoTrace()
    {
        var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        Assert.That(await CgroupPrograms.CountAsync(_cluster.NodeA), Is.GreaterThan(0));
        daemon.Process.Signal(Signal.Terminate);
        await daemon.Process.ResultAsync(SoonEnough);

        await Daemon.CleanupAsync(_cluster.NodeA);

        var folder = _cluster.NodeA.BpfFolder;
        Assert.That(Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [], Is.Empty);
        Assert.That(await CgroupPrograms.CountAsync(_cluster.NodeA), Is.Zero);
        var untouched = await _cluster.Client.PythonAsync("print(attempt(lambda: greeting('10.96.0.98', 80)))");
        await RunningCluster.SeesAsync(_cluster.Client, Address, untouched);
    }

    [Test]
    public async Task Cleanup_OneOfTwoNodes_TheOtherStaysAtWork()
    {
        await using var a = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var b = await _cluster.StartDaemonAsync(_cluster.NodeB);
        await a.Process.DisposeAsync();

        await Daemon.CleanupAsync(_cluster.NodeA);

        Assert.That(await _cluster.Lab["client-b"].PythonAsync($"print(greeting('{Address}', 80))"), Is.EqualTo("web-3"));
        Assert.That(await _cluster.Client.PythonAsync($"print(attempt(lambda: greeting('{Address}', 80)))"), Does.StartWith("E"));
    }

    private async Task<LabProcess> EstablishAsync()
    {
        var process = _cluster.Client.StartPython($"""
            both = [tcp('{Address}', 7), tcp('{AddressV6}', 7)]
            print('connected')
            for line in sys.stdin:
                for s in both:
                    s.send(line.encode())
                print(*(s.recv(100).decode().strip() for s in both))
            """);
        await process.Output.WaitForAsync("connected", TimeSpan.FromSeconds(10));
        return process;
    }

    private async Task AssertServedAsync(LabProcess established)
    {
        await established.WriteAsync("hello\n");
        Assert.That(await established.Output.WaitForAsync("hello", TimeSpan.FromSeconds(10)), Is.EqualTo("web-3 hello web-3 hello"));
        foreach (var place in new Place[] { _cluster.Client, _cluster.NodeA })
        {
            var fresh = await place.PythonAsync($"print(greeting('{Address}', 80), greeting('{AddressV6}', 80))");
            Assert.That(fresh, Is.EqualTo("web-3 web-3"), $"new connections from {place}");
        }
    }
}
