namespace KubeProxyNext.EndToEnd.Changes;

/// <summary>Endpoints come and go while clients run, and no client notices.</summary>
internal sealed class EndpointChangeTests : ClusterFixture
{
    private const int Rounds = 5;
    private ServiceManifest _tcp = null!;
    private ServiceManifest _udp = null!;
    private ServiceManifest _life = null!;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        _tcp = new ServiceManifest("tcp", "10.96.0.60", "fd00:10:96::60").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo).Backends(webs[0]);
        _udp = new ServiceManifest("udp", "10.96.0.61").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo, "UDP").Backends(webs[0]);
        _life = new ServiceManifest("life", "10.96.0.62").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo).Backends(webs[0]);
        return [_tcp, _udp, _life];
    }

    [TestCase("10.96.0.60")]
    [TestCase("fd00:10:96::60")]
    public async Task Tcp_BackendsSwappedAgainAndAgain_EveryConnectionIsAnswered(string address)
    {
        var client = await RunningClient.TcpAsync(Client, address);
        await SwapAsync(_tcp, address);

        var seen = await client.StopAsync();

        Assert.That(seen.Keys, Is.EquivalentTo(Cluster.Webs.Select(pod => pod.Name)), "answers of backends, and no error");
    }

    [Test]
    public async Task UnconnectedUdp_BackendsSwappedAgainAndAgain_OneSocketFollows()
    {
        var client = await RunningClient.UdpAsync(Client, "10.96.0.61");
        await SwapAsync(_udp, "10.96.0.61");

        var seen = await client.StopAsync();

        Assert.That(seen.Keys, Is.EquivalentTo(Cluster.Webs.Select(pod => pod.Name)), "answers of backends, and no error");
    }

    [Test]
    public async Task Service_EmptiedFilledDeleted_ClientsSeeEachStep()
    {
        await RunningCluster.SeesAsync(Client, "10.96.0.62", "web-1");
        await using var established = Client.StartPython("""
            s = tcp('10.96.0.62', 7)
            print('connected')
            for line in sys.stdin:
                s.send(line.encode())
                print(s.recv(100).decode().strip())
            """);
        await established.Output.WaitForAsync("connected", TimeSpan.FromSeconds(10));

        Cluster.Manifests.Apply(_life.Backends());
        await RunningCluster.SeesAsync(Client, "10.96.0.62", "ECONNREFUSED");
        Cluster.Manifests.Apply(_life.Backends(Cluster.Webs[3]));
        await RunningCluster.SeesAsync(Client, "10.96.0.62", "web-4");
        Cluster.Manifests.Delete(_life);
        await RunningCluster.SeesAsync(Client, "10.96.0.62", await Client.PythonAsync("print(attempt(lambda: greeting('10.96.0.98', 80)))"));

        await established.WriteAsync("still here\n");
        Assert.That(
            await established.Output.WaitForAsync("still here", TimeSpan.FromSeconds(10)), Is.EqualTo("web-1 still here"),
            "TCP connections are left alone");
    }

    [Test]
    public async Task Service_AppearsWhileTheDaemonRuns_IsServedOnBothNodes()
    {
        Cluster.Manifests.Apply(new ServiceManifest("late", "10.96.0.63", "fd00:10:96::63").Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[1]));

        await RunningCluster.SeesAsync(Client, "10.96.0.63", "web-2");
        await RunningCluster.SeesAsync(Cluster.Lab["client-b"], "fd00:10:96::63", "web-2");
    }

    /// <summary>Leaves one backend only, another each time, and waits until new clients meet that one.</summary>
    private async Task SwapAsync(ServiceManifest service, string address)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var web in Cluster.Webs)
            {
                Cluster.Manifests.Apply(service.Backends(web));
                await RunningCluster.SeesAsync(Client, address, web.Name);
            }
        }
    }
}
