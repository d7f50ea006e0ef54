using KubeProxyNext.EndToEnd.Migration;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>Two processes that want to work on the same pins.</summary>
internal sealed class TakeOverTests
{
    private RunningCluster _cluster = null!;
    private ServiceManifest _service = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _service = new ServiceManifest("web", "10.96.96.1", "fd00:10:96::60:1").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo)
            .Backends(_cluster.Webs[2]);
        _cluster.Manifests.Apply(_service);
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Second_WithoutTakeOver_IsRefusedAndTheFirstGoesOn()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var second = Daemon.Start(_cluster.NodeA, "--source", _cluster.Manifests.Path);

        var end = await second.Process.ResultAsync(TimeSpan.FromSeconds(20));

        Assert.That(end.ExitCode, Is.EqualTo(1));
        Assert.That(end.Errors, Does.Contain("--take-over"));
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.1", "web-1");
    }

    [Test]
    public async Task Second_TakesOver_TheFirstLetsGoAndTakesItsPlaceWhenTheSecondIsGone()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var client = await HoldingClient.StartAsync(_cluster.Client, "[('10.96.96.1', 7), ('fd00:10:96::60:1', 7)]");
        var begun = first.Log.Count;

        await using (var second = await _cluster.StartDaemonAsync(_cluster.NodeA, "--take-over"))
        {
            await first.Log.WaitForAsync("Another kube-proxy-next works", TimeSpan.FromSeconds(10));
            _cluster.Manifests.Apply(new ServiceManifest("more", "10.96.96.2").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs[1]));
            await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.2", "web-2");
            Assert.That(second.Process.HasExited, Is.False);
        }

        await first.Log.WaitForAsync("Ready:", TimeSpan.FromSeconds(60), begun);

        Assert.That(await client.TroublesAsync(), Is.EqualTo("{}"));
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.1", "web-1");
    }
}
