namespace KubeProxyNext.EndToEnd.SourceRanges;

/// <summary>
/// <c>loadBalancerSourceRanges</c> bind clients on the node too (behaviour 2.4): by the address that they bound, else by all addresses that they
/// could come from. Who is not let in is dropped, which a socket sees as <c>ETIMEDOUT</c>.
/// </summary>
internal sealed class SourceRangeTests : ClusterFixture
{
    private const string SecondV4 = "10.244.1.70";
    private const string SecondV6 = "fd00:10:244:1::70";
    private const string Pods = "198.51.100.60";
    private const string PodsV6 = "2001:db8:100::60";
    private const string Nodes = "198.51.100.61";
    private const string NodesV6 = "2001:db8:100::61";
    private ServiceManifest _changing = null!;

    /// <summary>client-a and the first of web-1's two addresses are let in, web-2 is not.</summary>
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        string[] pods = ["10.244.1.11/32", "10.244.1.12/32", "fd00:10:244:1::11/128", "fd00:10:244:1::12/128"];
        _changing = Service("changing", 4).LoadBalancer("198.51.100.63").Backends(webs[1]);
        return
        [
            Service("pods", 1).LoadBalancer(Pods).LoadBalancer(PodsV6).ExternalIps("198.51.100.70").SourceRanges(pods).Backends(webs[1]),
            Service("nodes", 2).LoadBalancer(Nodes).LoadBalancer(NodesV6).SourceRanges("172.18.0.0/24", " fd00:172:18::/64 ").Backends(webs[1]),
            Service("empty", 3).LoadBalancer("198.51.100.62").SourceRanges("10.244.1.11/32").Backends(),
            _changing.SourceRanges("10.244.1.11/32"),
            Service("open", 5).LoadBalancer("198.51.100.64").SourceRanges("10.9.9.9/32", "0.0.0.0/0").Backends(webs[1]),
            Service("garbage", 6).LoadBalancer("198.51.100.65").SourceRanges("junk").Backends(webs[1]),
        ];
    }

    protected override async Task PrepareAsync(RunningCluster cluster)
    {
        await cluster.Lab["web-1"].AddAddressAsync($"{SecondV4}/24");
        await cluster.Lab["web-1"].AddAddressAsync($"{SecondV6}/64");
    }

    [TestCase(Pods)]
    [TestCase(PodsV6)]
    public async Task Pod_OfOneAddress_IsLetInIfThatIs(string address)
    {
        Assert.That(await AskAsync(Client, address), Is.EqualTo(["web-2", "web-2", "web-2"]), "inside the ranges");
        Assert.That(await AskAsync(Cluster.Lab["web-2"], address), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]), "outside");
    }

    [TestCase(Pods, "10.244.1.12", SecondV4)]
    [TestCase(PodsV6, "fd00:10:244:1::12", SecondV6)]
    public async Task Pod_OfTwoAddressesOneOfThemOutside_IsLetInOnlyIfBoundToTheOther(string address, string inside, string outside)
    {
        var pod = Cluster.Lab["web-1"];

        Assert.That(await AskAsync(pod, address, inside), Is.EqualTo(["web-2", "web-2", "web-2"]), "bound inside");
        Assert.That(await AskAsync(pod, address, outside), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]), "bound outside");
        Assert.That(await AskAsync(pod, address), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]), "either might be taken");
    }

    [Test]
    public async Task Host_IsLetInIfItsOwnAddressIs()
    {
        Assert.That(await AskAsync(Cluster.NodeA, Nodes), Is.EqualTo(["web-2", "web-2", "web-2"]), "inside the ranges");
        Assert.That(await AskAsync(Cluster.NodeA, NodesV6), Is.EqualTo(["web-2", "web-2", "web-2"]), "inside the ranges");
        Assert.That(await AskAsync(Cluster.NodeA, Pods), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]), "outside");
        Assert.That(await AskAsync(Client, Nodes), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]), "a pod is not the host");
    }

    [Test]
    public async Task Host_WithTheLoadBalancersOwnAddress_IsLetInIfTheNodeIs()
    {
        await Cluster.NodeA.IpAsync("address", "add", $"{Nodes}/32", "dev", "lo");
        await Cluster.NodeA.IpAsync("address", "add", $"{Pods}/32", "dev", "lo");

        Assert.That(await AskAsync(Cluster.NodeA, Nodes, Nodes), Is.EqualTo(["web-2", "web-2", "web-2"]));
        Assert.That(await AskAsync(Cluster.NodeA, Pods, Pods), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]));
    }

    [Test]
    public async Task OtherAddressesOfTheService_AreForEverybody()
    {
        var answers = await Cluster.Lab["web-1"].PythonAsync(
            "print(greeting('10.96.6.1', 80), greeting('198.51.100.70', 80), greeting('172.18.0.2', 30601), greeting('fd00:172:18::2', 30601))");

        Assert.That(answers, Is.EqualTo("web-2 web-2 web-2 web-2"), "ClusterIP, external IP, NodePorts");
    }

    [Test]
    public async Task NoEndpoints_WhoIsNotLetInIsDropped()
    {
        Assert.That(await AskAsync(Client, "198.51.100.62"), Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]));
        Assert.That(await AskAsync(Cluster.Lab["web-2"], "198.51.100.62"), Is.EqualTo(["ETIMEDOUT", "ETIMEDOUT", "ETIMEDOUT"]));
    }

    [TestCase("198.51.100.64", Description = "one range is everybody")]
    [TestCase("198.51.100.65", Description = "no range can be read")]
    public async Task Ranges_ThatRestrictNobody_LetEverybodyIn(string address) =>
        Assert.That(await AskAsync(Cluster.Lab["web-2"], address), Is.EqualTo(["web-2", "web-2", "web-2"]));

    [Test]
    public async Task Ranges_Change_NewConnectionsFollowAndOldOnesGoOn()
    {
        await using var client = Client.OpenPython();
        await client.AskAsync("s = tcp('198.51.100.63', 7)\nu = udp('198.51.100.63')\necho_from(u, '198.51.100.63', 8)");

        Cluster.Manifests.Apply(_changing.SourceRanges("10.9.9.9/32"));
        await RunningCluster.SeesAsync(client, "198.51.100.63", "ETIMEDOUT");
        var established = await client.AskAsync("(echo(s), echo_from(u, '198.51.100.63', 8))");
        Cluster.Manifests.Apply(_changing);
        await RunningCluster.SeesAsync(Cluster.Lab["web-2"], "198.51.100.63", "web-2");

        Assert.That(established, Is.EqualTo("('web-2', 'web-2')"));
    }

    /// <summary>What comes of a TCP connection, of a connected UDP socket, and of a datagram without one.</summary>
    private static async Task<string[]> AskAsync(Place client, string address, string source = "")
    {
        var answers = await client.PythonAsync($"""
            print(attempt(lambda: greeting('{address}', 80, source='{source}')))
            print(attempt(lambda: echo(connected_udp('{address}', 8, source='{source}'))))
            print(attempt(lambda: echo_from(udp('{address}', source='{source}'), '{address}', 8)))
            """);
        return answers.Split('\n');
    }

    private static ServiceManifest Service(string name, int number) => new ServiceManifest(name, $"10.96.6.{number}", $"fd00:10:96::6:{number}")
        .Port(80, ServerPorts.Greeting, nodePort: 30600 + number).Port(7, ServerPorts.Echo).Port(8, ServerPorts.Echo, "UDP");
}
