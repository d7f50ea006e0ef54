using KubeProxyNext.EndToEnd.Migration;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>Maps that a change does not fit into grow, and nobody notices.</summary>
internal sealed class GrowthTests
{
    private const string Prime = "131071";

    [Test]
    public async Task Slots_MoreThanTheMapsBeganWith_GrowUnderLoad()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        cluster.Manifests.Apply(new ServiceManifest("web", "10.96.95.1", "fd00:10:96::5f:1").Port(7, ServerPorts.Echo).Backends(cluster.Webs[2]));
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--maglev-table-size", Prime);
        await using var client = await HoldingClient.StartAsync(cluster.Client, "[('10.96.95.1', 7), ('fd00:10:96::5f:1', 7)]");

        // Three tables of such a size are more than there is room for at first.
        for (var i = 2; i <= 4; i++)
        {
            cluster.Manifests.Apply(new ServiceManifest($"maglev-{i}", $"10.96.95.{i}").Port(80, ServerPorts.Greeting)
                .Annotated("kube-proxy-next.io/algorithm", "maglev").Backends(cluster.Webs));
        }

        await daemon.Log.WaitForAsync("Larger maps take the place", TimeSpan.FromSeconds(20));
        await daemon.Log.WaitForAsync("Ready: 4", TimeSpan.FromSeconds(20));

        Assert.That(await cluster.Client.PythonAsync("print(greeting('10.96.95.4', 80))"), Does.StartWith("web-"));
        Assert.That(await client.TroublesAsync(), Is.EqualTo("{}"));
        Assert.That(daemon.Log.ToString(), Does.Not.Contain("is not in force"));
    }

    [Test]
    public async Task Growth_ThenARestart_KeepsTheSize()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        for (var i = 2; i <= 4; i++)
        {
            cluster.Manifests.Apply(new ServiceManifest($"maglev-{i}", $"10.96.95.{i}").Port(80, ServerPorts.Greeting)
                .Annotated("kube-proxy-next.io/algorithm", "maglev").Backends(cluster.Webs));
        }

        await using (var first = await cluster.StartDaemonAsync(cluster.NodeA, "--maglev-table-size", Prime))
        {
            Assert.That(first.Log.ToString(), Does.Contain("Larger maps take the place"), "before it was ready");
        }

        var folders = Directory.GetDirectories(cluster.NodeA.BpfFolder, "ipv*").Order().ToArray();
        await using var second = await cluster.StartDaemonAsync(cluster.NodeA, "--maglev-table-size", Prime);

        Assert.That(Directory.GetDirectories(cluster.NodeA.BpfFolder, "ipv*").Order(), Is.EqualTo(folders));
        Assert.That(second.Log.ToString(), Does.Not.Contain("Larger maps"));
        Assert.That(await cluster.Client.PythonAsync("print(greeting('10.96.95.4', 80))"), Does.StartWith("web-"));
    }
}
