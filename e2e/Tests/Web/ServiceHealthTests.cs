namespace KubeProxyNext.EndToEnd.Web;

/// <summary>Behaviour 7.2 as a load balancer sees it.</summary>
internal sealed class ServiceHealthTests
{
    private const int Probed = 32100;
    private RunningCluster _cluster = null!;
    private ServiceManifest _service = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _service = new ServiceManifest("web", "10.96.13.1", "fd00:10:96::d:1").Port(80, ServerPorts.Greeting, nodePort: 30801)
            .Port(7, ServerPorts.Echo, nodePort: 30802).LoadBalancer("198.51.100.81").ExternalLocal().HealthCheckNodePort(Probed);
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task LocalEndpoints_AreCountedByAddress_AndDrainingOnesDoNotCount()
    {
        _cluster.Manifests.Apply(_service.Endpoints(_cluster.Webs[0], new EndpointManifest(_cluster.Webs[1]).Draining(), _cluster.Webs[2]));
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);

        foreach (var address in new[] { _cluster.NodeA.IPv4, $"[{_cluster.NodeA.IPv6}]" })
        {
            var answer = await HttpAnswer.SeesAsync(_cluster.NodeB, $"http://{address}:{Probed}/x", 200);

            Assert.That(answer.Body, Is.EqualTo(
                "{\n\t\"service\": {\n\t\t\"namespace\": \"default\",\n\t\t\"name\": \"web\"\n\t},\n\t\"localEndpoints\": 1,\n\t\"serviceProxyHealthy\": true\n}"));
            Assert.That(answer.Head, Does.Contain("X-Load-Balancing-Endpoint-Weight: 1").And.Contain("X-Content-Type-Options: nosniff")
                .And.Contain("Content-Type: application/json"));
        }
    }

    [Test]
    public async Task LastReadyEndpoint_Drains_TheProbeFailsAndClientsAreServed()
    {
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await HttpAnswer.SeesAsync(_cluster.NodeB, $"http://{_cluster.NodeA.IPv4}:{Probed}/", 200);

        _cluster.Manifests.Apply(_service.Endpoints(new EndpointManifest(_cluster.Webs[0]).Draining()));

        var answer = await HttpAnswer.SeesAsync(_cluster.NodeB, $"http://{_cluster.NodeA.IPv4}:{Probed}/", 503);
        Assert.That(answer.Head, Does.Contain("X-Load-Balancing-Endpoint-Weight: 0"));
        Assert.That(answer.ReadJson().GetProperty("serviceProxyHealthy").GetBoolean(), Is.True);
        await RunningCluster.SeesAsync(_cluster.Client, "198.51.100.81", "web-1");
    }

    [Test]
    public async Task ServiceIsNoLoadBalancerAnyMore_ThePortIsClosed()
    {
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await HttpAnswer.SeesAsync(_cluster.NodeA, $"http://127.0.0.1:{Probed}/", 200);

        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.13.1", "fd00:10:96::d:1").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs[0]));

        await HttpAnswer.SeesAsync(_cluster.NodeA, $"http://127.0.0.1:{Probed}/", 0);
    }

    [Test]
    public async Task TakenPort_IsHadAtTheNextSyncAfterItCameFree()
    {
        var taken = _cluster.NodeA.Bind(new(System.Net.IPAddress.Any, Probed));
        taken.Listen();
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "-v", "4");
        await daemon.Log.WaitForAsync($"healthCheckNodePort {Probed} of Service default/web cannot be listened at for IPv4: Address already in use", TimeSpan.FromSeconds(10));
        await daemon.Log.WaitForAsync("Service default/web: FailedToStartServiceHealthcheck: node-a: cannot listen at healthCheckNodePort", TimeSpan.FromSeconds(10));

        taken.Dispose();
        _cluster.Manifests.Apply(new ServiceManifest("other", "10.96.13.2").Port(80, ServerPorts.Greeting));

        await HttpAnswer.SeesAsync(_cluster.NodeA, $"http://127.0.0.1:{Probed}/", 200);
    }

    [Test]
    public async Task NodePortAddresses_AreWhereItListens_AlsoWhenTheyComeLater()
    {
        _cluster.Manifests.Apply(_service.Backends(_cluster.Webs[0]));
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--nodeport-addresses", "172.18.0.0/24,203.0.113.0/24");
        await HttpAnswer.SeesAsync(_cluster.NodeA, $"http://{_cluster.NodeA.IPv4}:{Probed}/", 200);
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeA, $"http://127.0.0.1:{Probed}/")).Code, Is.Zero, "loopback is in no network");
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeA, $"http://[::1]:{Probed}/")).Code, Is.EqualTo(200), "no network of IPv6 is every address");

        await _cluster.NodeA.AddAddressAsync("203.0.113.77/32");
        await HttpAnswer.SeesAsync(_cluster.NodeA, $"http://203.0.113.77:{Probed}/", 200);
    }
}
