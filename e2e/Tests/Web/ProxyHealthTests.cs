namespace KubeProxyNext.EndToEnd.Web;

/// <summary>Behaviour 7.1 as load balancers and the kubelet see it.</summary>
internal sealed class ProxyHealthTests
{
    private RunningCluster _cluster = null!;

    [SetUp]
    public async Task Build() => _cluster = await RunningCluster.BuildAsync();

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task RunningDaemon_IsHealthyAtEveryAddressOfBothFamilies()
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        var node = _cluster.NodeA;

        foreach (var address in new[] { "127.0.0.1", node.IPv4, "[::1]", $"[{node.IPv6}]" })
        {
            var healthz = await HttpAnswer.SeesAsync(node, $"http://{address}:10256/healthz", 200);
            var livez = await HttpAnswer.OfAsync(node, $"http://{address}:10256/livez");

            Assert.That(healthz.ReadJson().GetProperty("nodeEligible").GetBoolean(), Is.True, address);
            Assert.That(healthz.ReadJson().GetProperty("status").EnumerateObject().Select(family => family.Name), Is.EqualTo(["IPv4", "IPv6"]));
            Assert.That(livez.Code, Is.EqualTo(200), address);
        }

        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeB, $"http://{node.IPv4}:10256/healthz")).Code, Is.EqualTo(200), "from another node");
    }

    [Test]
    public async Task NodeObject_SaysThatTheNodeGoes_HealthzFailsAndLivezDoesNot()
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        var node = new NodeManifest(_cluster.NodeA, "zone-a");

        await AssertAsync(node.Tainted("ToBeDeletedByClusterAutoscaler"), 503, "the autoscaler's taint");
        await AssertAsync(node.Tainted("another"), 200, "another taint");
        await AssertAsync(node.Leaving(), 503, "deletionTimestamp");
        await AssertAsync(node, 200, "as before");
    }

    [Test]
    public async Task NodeObject_IsMissing_HealthzFailsUntilItComes_AndItsEndChangesNothing()
    {
        var file = $"{_cluster.Manifests.Path}/node.{_cluster.NodeA.Name}.yaml";
        File.Delete(file);
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);

        await AssertCodesAsync(503, "missing");
        await AssertAsync(new NodeManifest(_cluster.NodeA), 200, "seen");
        File.Delete(file);
        _cluster.Manifests.Apply(new ServiceManifest("later", "10.96.0.71").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.0.71", "web-1");
        await AssertCodesAsync(200, "gone");
    }

    [Test]
    public async Task TakenPort_IsHadOnceItIsFree()
    {
        var taken = _cluster.NodeA.Bind(new(System.Net.IPAddress.Any, 10256));
        taken.Listen();
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await daemon.Log.WaitForAsync("The health server cannot listen at 0.0.0.0:10256: Address already in use", TimeSpan.FromSeconds(10));

        taken.Dispose();

        await HttpAnswer.SeesAsync(_cluster.NodeA, "http://127.0.0.1:10256/livez", 200);
    }

    private async Task AssertAsync(NodeManifest node, int healthz, string what)
    {
        _cluster.Manifests.Apply(node);
        await AssertCodesAsync(healthz, what);
    }

    private async Task AssertCodesAsync(int healthz, string what)
    {
        await HttpAnswer.SeesAsync(_cluster.NodeA, "http://127.0.0.1:10256/healthz", healthz);
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeA, "http://127.0.0.1:10256/livez")).Code, Is.EqualTo(200), what);
    }
}
