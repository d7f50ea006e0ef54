namespace KubeProxyNext.EndToEnd.ExternalAddresses;

/// <summary>External IPs and addresses of load balancers are served on the node itself (behaviour 2), unless the load balancer is a proxy.</summary>
internal sealed class ExternalAddressTests : ClusterFixture
{
    private const string ExternalV4 = "198.51.100.10";
    private const string ExternalV6 = "2001:db8:100::10";
    private const string BalancedV4 = "198.51.100.11";
    private const string BalancedV6 = "2001:db8:100::11";
    private const string Proxy = "198.51.100.12";
    private ServiceManifest _changing = null!;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        _changing = new ServiceManifest("changing", "10.96.2.3").Port(80, ServerPorts.Greeting).Backends(webs[0]);
        return
        [
            new ServiceManifest("web", "10.96.2.1", "fd00:10:96::2:1").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo, "UDP")
                .ExternalIps(ExternalV4, ExternalV6).LoadBalancer(BalancedV4).LoadBalancer(BalancedV6, ipMode: null).LoadBalancer(Proxy, "Proxy")
                .Backends(webs[2]),
            new ServiceManifest("empty", "10.96.2.2").Port(80, ServerPorts.Greeting).ExternalIps("198.51.100.20").LoadBalancer("198.51.100.21")
                .Backends(),
            _changing.LoadBalancer("198.51.100.30").ExternalIps("198.51.100.31"),
        ];
    }

    [TestCase(ExternalV4)]
    [TestCase(ExternalV6)]
    [TestCase(BalancedV4)]
    [TestCase(BalancedV6, Description = "the load balancer does not say its mode")]
    public async Task Address_FromPodAndHost_ReachesTheBackend(string address)
    {
        var ask = $"""
            s = udp('{address}')
            s.sendto(b'hello', ('{address}', 7))
            print(greeting('{address}', 80), s.recvfrom(100)[1][:2])
            """;

        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        Assert.That((fromPod, fromHost), Is.EqualTo(($"web-3 ('{address}', 7)", $"web-3 ('{address}', 7)")));
    }

    [Test]
    public async Task LoadBalancerAsProxy_IsReachedItself()
    {
        await Cluster.NodeB.AddAddressAsync($"{Proxy}/32");
        await Cluster.NodeA.IpAsync("route", "add", Proxy, "via", Cluster.NodeB.IPv4);
        await using var balancer = Cluster.NodeB.OpenPython();
        await balancer.AskAsync($"greet(listening('{Proxy}', 80), 'the load balancer')");

        var ask = $"print(greeting('{Proxy}', 80))";
        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        Assert.That((fromPod, fromHost), Is.EqualTo(("the load balancer", "the load balancer")));
    }

    [TestCase("198.51.100.20")]
    [TestCase("198.51.100.21")]
    public async Task Address_NoEndpoints_IsRefused(string address)
    {
        var ask = $"print(attempt(lambda: greeting('{address}', 80)))";

        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        Assert.That((fromPod, fromHost), Is.EqualTo(("ECONNREFUSED", "ECONNREFUSED")));
    }

    [Test]
    public async Task Address_AnotherPort_IsLeftAlone()
    {
        var answer = await Client.PythonAsync($"print(attempt(lambda: greeting('{ExternalV4}', 81)))");

        Assert.That(answer, Is.AnyOf("EHOSTUNREACH", "ENETUNREACH"), "there is no way there, and a Service would refuse");
    }

    [Test]
    public async Task Addresses_TakenFromTheService_AreLeftAlone()
    {
        await using var client = Client.OpenPython();
        await RunningCluster.SeesAsync(client, "198.51.100.30", "web-1");
        await RunningCluster.SeesAsync(client, "198.51.100.31", "web-1");
        var untouched = await client.AskAsync("greeting('198.51.100.99', 80)");

        Cluster.Manifests.Apply(_changing);

        await RunningCluster.SeesAsync(client, "198.51.100.30", untouched);
        await RunningCluster.SeesAsync(client, "198.51.100.31", untouched);
        Assert.That(await client.AskAsync("greeting('10.96.2.3', 80)"), Is.EqualTo("web-1"));
    }
}
