using KubeProxyNext.EndToEnd.Outside;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>Somebody takes pieces of the dataplane away, and the daemon puts them back.</summary>
internal sealed class AuditTests
{
    private OutsideCluster _cluster = null!;
    private Daemon _daemon = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await OutsideCluster.BuildAsync(OutsideCluster.Plain);
        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.97.1", "fd00:10:96::61:1").Port(80, ServerPorts.Greeting, nodePort: 30897).Backends(_cluster.Webs[2]));
        _daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--audit-interval", "1s");
        await AssertServedAsync();
    }

    [TearDown]
    public async Task Remove()
    {
        await _daemon.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [TestCase("links/connect4", "IPv4 link connect4")]
    [TestCase("links/ingress4_2", "IPv4 device eth0")]
    [TestCase("ipv6-*/frontends", "IPv6 pin frontends")]
    public async Task Pin_Removed_IsThereAgain(string pin, string told)
    {
        var parts = pin.Split('/');
        var path = Directory.GetFiles(Directory.GetDirectories(_cluster.NodeA.BpfFolder, parts[0]).Single(), parts[1]).Single();
        File.Delete(path);

        await _daemon.Log.WaitForAsync("Somebody else has changed the dataplane", TimeSpan.FromSeconds(10));
        Assert.That(_daemon.Log.ToString(), Does.Contain(told));
        await Eventually.SeesAsync("the pin", () => Task.FromResult($"{File.Exists(path)}"), seen => seen == "True");
        await AssertServedAsync();
    }

    [Test]
    public async Task Sets_Flushed_AreThereAgain()
    {
        var sets = Path.Combine(Directory.GetDirectories(_cluster.NodeA.BpfFolder, "ipv4-*").Single(), "sets");
        for (var set = 0; set < 4; set++)
        {
            (await _cluster.NodeA.RunAsync("bpftool", ["map", "update", "pinned", sets, "key", $"{set}", "0", "0", "0", "value", .. Enumerable.Repeat("0", 8)])).MustSucceed();
        }

        await _daemon.Log.WaitForAsync("IPv4 sets default/web", TimeSpan.FromSeconds(10));
        await AssertServedAsync();
    }

    private async Task AssertServedAsync()
    {
        Assert.That(await _cluster.NodeA.PythonAsync("print(greeting('10.96.97.1', 80), greeting('fd00:10:96::61:1', 80))"), Is.EqualTo("web-3 web-3"));
        Assert.That(await _cluster.Client.PythonAsync($"print(greeting('{_cluster.NodeA.IPv4}', 30897))"), Is.EqualTo("web-3"));
    }
}
