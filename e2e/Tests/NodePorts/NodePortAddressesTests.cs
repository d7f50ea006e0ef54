namespace KubeProxyNext.EndToEnd.NodePorts;

/// <summary>Where NodePorts answer is a matter of options: <c>--nodeport-addresses</c>, <c>--iptables-localhost-nodeports</c>.</summary>
internal sealed class NodePortAddressesTests
{
    private RunningCluster _cluster = null!;

    /// <summary>Node a names networks, node b takes the primary addresses alone.</summary>
    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.1.10", "fd00:10:96::1:10")
            .Port(80, ServerPorts.Greeting, nodePort: 30080).Backends(_cluster.Webs[2]));
        await Task.WhenAll(
            _cluster.StartDaemonAsync(_cluster.NodeA, "--nodeport-addresses", "172.18.0.0/24,172.19.0.0/16"),
            _cluster.StartDaemonAsync(_cluster.NodeB, "--nodeport-addresses", "primary"));
    }

    [OneTimeTearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Networks_AddressesInsideThemAreServed()
    {
        Assert.That(await AskAsync(_cluster.NodeA, "172.18.0.2"), Is.EqualTo(["web-3"]));
        Assert.That(
            await AskAsync(_cluster.NodeA, "10.244.1.1", "127.0.0.1"), Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED"]), "nobody listens there");
    }

    [Test]
    public async Task Networks_NoneOfIPv6_AllIPv6AddressesAreServed() =>
        Assert.That(await AskAsync(_cluster.NodeA, "fd00:172:18::2", "fd00:10:244:1::1"), Is.EqualTo(["web-3", "web-3"]));

    [Test]
    public async Task Primary_TheNodesFirstAddressesAloneAreServed()
    {
        Assert.That(await AskAsync(_cluster.NodeB, "172.18.0.3", "fd00:172:18::3"), Is.EqualTo(["web-3", "web-3"]));
        Assert.That(
            await AskAsync(_cluster.NodeB, "10.244.2.1", "fd00:10:244:2::1", "127.0.0.1"),
            Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]), "nobody listens there");
    }

    [Test]
    public async Task Networks_AddressAppearsAndVanishes_IsFollowed()
    {
        await using var host = _cluster.NodeA.OpenPython();
        var before = await host.AskAsync("greeting('172.19.7.7', 30080)");

        await _cluster.NodeA.AddAddressAsync("172.20.7.7/32");
        await _cluster.NodeA.AddAddressAsync("172.19.7.7/32");
        await RunningCluster.SeesAsync(host, "172.19.7.7", "web-3", 30080);
        var outside = await host.AskAsync("greeting('172.20.7.7', 30080)");
        await _cluster.NodeA.RemoveAddressAsync("172.19.7.7/32");

        await RunningCluster.SeesAsync(host, "172.19.7.7", before, 30080);
        Assert.That((before, outside), Is.EqualTo(("ENETUNREACH", "ECONNREFUSED")), "no way there, and nobody who listens");
    }

    [Test]
    public async Task LocalhostOff_LoopbackIsLeftAlone()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        cluster.Manifests.Apply(
            new ServiceManifest("web", "10.96.1.11").Port(80, ServerPorts.Greeting, nodePort: 30080).Backends(cluster.Webs[2]));
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--iptables-localhost-nodeports=false");

        Assert.That(await AskAsync(cluster.NodeA, "127.0.0.1", "172.18.0.2", "10.244.1.1"), Is.EqualTo(["ECONNREFUSED", "web-3", "web-3"]));
    }

    private static async Task<string[]> AskAsync(Place client, params string[] addresses)
    {
        var answers = await client.PythonAsync($"""
            for address in '{string.Join("', '", addresses)}',:
                print(attempt(lambda: greeting(address, 30080)))
            """);
        return answers.Split('\n');
    }
}
