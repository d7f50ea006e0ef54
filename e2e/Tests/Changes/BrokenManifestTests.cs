namespace KubeProxyNext.EndToEnd.Changes;

/// <summary>What cannot be read changes nothing, is reported once with its place, and hurts nobody else.</summary>
internal sealed class BrokenManifestTests
{
    private RunningCluster _cluster = null!;
    private Daemon _daemon = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _cluster.Manifests.Apply(Service("good", "10.96.0.70", _cluster.Webs[0]));
        _daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
    }

    [OneTimeTearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task File_BreaksWhileTheDaemonRuns_LastGoodStateStaysUntilItIsRepaired()
    {
        var logged = _daemon.Log.Count;
        _cluster.Manifests.Write("good.yaml", "kind: Service\n  metadata: [\n");
        var line = await _daemon.Log.WaitForAsync("good.yaml", TimeSpan.FromSeconds(10), logged);
        var stillServed = await _cluster.Client.PythonAsync("print(greeting('10.96.0.70', 80))");

        _cluster.Manifests.Apply(Service("good", "10.96.0.70", _cluster.Webs[3]));

        Assert.That(line, Does.Match(@"good\.yaml.*[12]"), "the line tells the file and the line");
        Assert.That(stillServed, Is.EqualTo("web-1"));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.0.70", "web-4");
    }

    [Test]
    public async Task File_BrokenFromTheStart_OthersAreServed()
    {
        _cluster.Manifests.Write("broken.yaml", "}{");

        _cluster.Manifests.Apply(Service("after", "10.96.0.71", _cluster.Webs[1]));

        await RunningCluster.SeesAsync(_cluster.Client, "10.96.0.71", "web-2");
    }

    private static ServiceManifest Service(string name, string address, Pod backend) =>
        new ServiceManifest(name, address).Port(80, ServerPorts.Greeting).Backends(backend);
}
