using System.Text.Json.Nodes;
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

    [TestCase("", "/nonexistent", "open cgroup /nonexistent")]
    [TestCase("setpriv --bounding-set=-bpf,-sys_admin", null, "Operation not permitted")]
    public async Task Second_CannotStart_TheFirstKeepsItsPlace(string through, string? cgroup, string told)
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);

        string[] command = [.. through.Split(' ', StringSplitOptions.RemoveEmptyEntries), Binary.Path, "run", "--source", _cluster.Manifests.Path, "--take-over"];
        var end = await _cluster.NodeA.RunAsync(
            command[0], [.. command[1..], "--bpffs", _cluster.NodeA.BpfFolder, "--cgroup", cgroup ?? _cluster.NodeA.NodeCgroup]);

        Assert.That(end.ExitCode, Is.EqualTo(1));
        Assert.That(end.Errors, Does.Contain(told));
        await AssertWorksAsync(first);
    }

    [Test]
    public async Task First_StandsByAndTheFolderGoes_TakesItsPlaceAgain()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        var begun = first.Log.Count;
        await (await _cluster.StartDaemonAsync(_cluster.NodeA, "--take-over")).DisposeAsync();
        await first.Log.WaitForAsync("Another kube-proxy-next works", TimeSpan.FromSeconds(10));

        await Daemon.CleanupAsync(_cluster.NodeA);

        await first.Log.WaitForAsync("Ready:", TimeSpan.FromSeconds(60), begun);
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.1", "web-3");
    }

    [Test]
    public async Task Folder_RemovedAndPutBack_OthersAreRefusedAsBefore()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA, "--audit-interval", "1s");
        Directory.Delete(_cluster.NodeA.BpfFolder, recursive: true);
        await first.Log.WaitForAsync("Somebody else has changed the dataplane", TimeSpan.FromSeconds(20));

        await using var second = Daemon.Start(_cluster.NodeA, "--source", _cluster.Manifests.Path);
        Assert.That((await second.Process.ResultAsync(TimeSpan.FromSeconds(20))).Errors, Does.Contain("another kube-proxy-next works there"));
        var cleanup = await _cluster.NodeA.RunAsync(Binary.Path, "cleanup", "--bpffs", _cluster.NodeA.BpfFolder);
        Assert.That(cleanup.Errors, Does.Contain("another kube-proxy-next works there"));
        await AssertWorksAsync(first);

        await using var third = await _cluster.StartDaemonAsync(_cluster.NodeA, "--take-over");
        await first.Log.WaitForAsync("Another kube-proxy-next works", TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task Folder_RemovedAndTakenByAnother_TheFirstLetsGoAndPutsNothingBack()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA, "--audit-interval", "1s");
        first.Process.Signal(Signal.Stop);
        Directory.Delete(_cluster.NodeA.BpfFolder, recursive: true);
        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA, "--audit-interval", "1s");
        var links = await LinksAsync();

        first.Process.Signal(Signal.Continue);

        await first.Log.WaitForAsync("Another kube-proxy-next works", TimeSpan.FromSeconds(10));
        Assert.That(await LinksAsync(), Is.Not.Empty.And.EqualTo(links));
        Assert.That($"{first.Log}{second.Log}", Does.Not.Contain("Somebody else has changed the dataplane"));
        await AssertWorksAsync(second);
    }

    private async Task AssertWorksAsync(Daemon daemon)
    {
        Assert.That($"{daemon.Log}", Does.Not.Contain("Another kube-proxy-next works"));
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.1", "web-1");
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[2]));
        await RunningCluster.SeesAsync(_cluster.Client, "10.96.96.1", "web-3");
    }

    // What is pinned: links that are attached anew have other ids.
    private async Task<string[]> LinksAsync()
    {
        var all = JsonNode.Parse((await _cluster.NodeA.RunAsync("bpftool", "--json", "--bpffs", "link", "list")).MustSucceed())!.AsArray();
        return [.. all.Select(link => $"{link!["id"]} {link["prog_id"]} {link["pinned"]?[0]}").Where(link => link.Contains(_cluster.NodeA.BpfFolder, StringComparison.Ordinal)).Order()];
    }
}
