namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>A map that is full stops nobody else's Service, says which option would help, and is tried again when there is room.</summary>
internal sealed class FullMapTests
{
    /// <summary>A Service has two frontends here: its port, and what refuses all other ports of its address.</summary>
    private const int Room = 16;

    [Test]
    public async Task Frontends_MoreThanTheMapHolds_OthersWorkAndTheLastOneGetsInWhenThereIsRoom()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        var first = Services(cluster, "first", count: 4, third: 90);
        var second = Services(cluster, "second", count: 2 * Room, third: 91);
        first.ForEach(cluster.Manifests.Apply);
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--max-frontends", $"{Room}");

        second.ForEach(cluster.Manifests.Apply);
        await daemon.Log.WaitForAsync("--max-frontends", TimeSpan.FromSeconds(10));
        var served = await cluster.Client.PythonAsync("print(*(greeting(f'10.96.90.{i}', 80) for i in range(4)))");
        second.SkipLast(1).ToList().ForEach(cluster.Manifests.Delete);

        Assert.That(served, Is.EqualTo("web-1 web-1 web-1 web-1"));
        await RunningCluster.SeesAsync(cluster.Client, $"10.96.91.{second.Count - 1}", "web-1");
    }

    [Test]
    public async Task Slots_MoreThanTheArrayHolds_OthersWorkAndTheLastOneGetsInWhenThereIsRoom()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        var first = Services(cluster, "first", count: 4, third: 92);
        var second = Services(cluster, "second", count: 40, third: 93).ConvertAll(service => service.Backends(cluster.Webs));
        first.ForEach(cluster.Manifests.Apply);
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--max-slots", "64");

        second.ForEach(cluster.Manifests.Apply);
        await daemon.Log.WaitForAsync("--max-slots", TimeSpan.FromSeconds(10));
        var served = await cluster.Client.PythonAsync("print(*(greeting(f'10.96.92.{i}', 80) for i in range(4)))");
        second.ForEach(cluster.Manifests.Delete);
        cluster.Manifests.Apply(second[^1].Backends(cluster.Webs[3]));

        Assert.That(served, Is.EqualTo("web-1 web-1 web-1 web-1"));
        await RunningCluster.SeesAsync(cluster.Client, $"10.96.93.{second.Count - 1}", "web-4");
    }

    [Test]
    public async Task Audit_WhileAServiceFindsNoRoom_GoesOn()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        Services(cluster, "first", count: 2 * Room, third: 90).ForEach(cluster.Manifests.Apply);
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--max-frontends", $"{Room}", "--audit-interval", "1s");
        await daemon.Log.WaitForAsync("--max-frontends", TimeSpan.FromSeconds(10));

        File.Delete(Path.Combine(cluster.NodeA.BpfFolder, "links", "connect4"));

        await daemon.Log.WaitForAsync("IPv4 link connect4", TimeSpan.FromSeconds(40));
    }

    private static List<ServiceManifest> Services(RunningCluster cluster, string name, int count, int third) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
            new ServiceManifest($"{name}-{i}", $"10.96.{third}.{i}").Port(80, ServerPorts.Greeting).Backends(cluster.Webs[0])),
    ];
}
