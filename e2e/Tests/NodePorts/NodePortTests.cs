namespace KubeProxyNext.EndToEnd.NodePorts;

/// <summary>A NodePort answers on every address of the node that the client is on, and nowhere else (behaviour 2.3).</summary>
internal sealed class NodePortTests : ClusterFixture
{
    private const int Greeting = 30080;
    private const int Echo = 30007;
    private const int Empty = 30081;
    private const int Claimed = 30082;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("web", "10.96.1.1", "fd00:10:96::1:1").Port(80, ServerPorts.Greeting, nodePort: Greeting)
            .Port(7, ServerPorts.Echo, nodePort: Echo).Port(7, ServerPorts.Echo, "UDP", Echo).Backends(webs[2]),
        new ServiceManifest("empty", "10.96.1.2", "fd00:10:96::1:2").Port(80, ServerPorts.Greeting, nodePort: Empty).Backends(),
        new ServiceManifest("claimed", "10.96.1.3").Port(80, ServerPorts.Greeting, nodePort: Claimed).Backends(webs[2]),
        new ServiceManifest("claimer", "10.96.1.4").Port(Claimed, ServerPorts.Greeting).ExternalIps("172.18.0.2").Backends(webs[3]),
    ];

    private static IEnumerable<TestCaseData<string>> AddressesOfTheNode() =>
    [
        new("172.18.0.2") { TestName = "the node's address" },
        new("10.244.1.1") { TestName = "its address on the bridge of the pods" },
        new("fd00:172:18::2") { TestName = "the node's IPv6 address" },
        new("fd00:10:244:1::1") { TestName = "its IPv6 address on the bridge" },
    ];

    [TestCaseSource(nameof(AddressesOfTheNode))]
    public async Task Tcp_AddressOfTheNode_ReachesTheBackendFromPodAndHost(string address)
    {
        var ask = $"""
            with tcp('{address}', {Echo}) as s:
                print(greeting('{address}', {Greeting}), echo(s), s.getpeername()[:2])
            """;

        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        Assert.That((fromPod, fromHost), Is.EqualTo(($"web-3 web-3 ('{address}', {Echo})", $"web-3 web-3 ('{address}', {Echo})")));
    }

    [TestCaseSource(nameof(AddressesOfTheNode))]
    public async Task Udp_AddressOfTheNode_TheAnswerComesFromThere(string address)
    {
        var ask = $"""
            with udp('{address}') as s:
                s.sendto(b'hello', ('{address}', {Echo}))
                data, sender = s.recvfrom(100)
                print(data.decode(), sender[:2], echo(connected_udp('{address}', {Echo})))
            """;

        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));

        Assert.That((fromPod, fromHost), Is.EqualTo(($"web-3 hello ('{address}', {Echo}) web-3", $"web-3 hello ('{address}', {Echo}) web-3")));
    }

    [Test]
    public async Task Tcp_MappedAddress_IsTheIPv4NodePort()
    {
        var answers = await Client.PythonAsync($"""
            with tcp('::ffff:172.18.0.2', {Echo}) as s, tcp('::ffff:172.18.0.2', {Echo}, protocol=MPTCP) as m:
                print(echo(s), s.getpeername()[:2], echo(m))
            """);

        Assert.That(answers, Is.EqualTo($"web-3 ('::ffff:172.18.0.2', {Echo}) web-3"));
    }

    [Test]
    public async Task Loopback_FromTheHost_ReachesTheBackend()
    {
        var answers = await Cluster.NodeA.PythonAsync($"""
            for address in '127.0.0.1', '127.1.2.3', '::ffff:127.0.0.1', '0.0.0.0':
                print(attempt(lambda: greeting(address, {Greeting})), attempt(lambda: echo_from(udp(address), address, {Echo})))
            """);

        Assert.That(answers.Split('\n'), Has.Length.EqualTo(4).And.All.EqualTo("web-3 web-3"));
    }

    [Test]
    public async Task LoopbackV6_FromTheHost_IsLeftAlone()
    {
        var answers = await Cluster.NodeA.PythonAsync($"""
            for address in '::1', '::':
                print(attempt(lambda: greeting(address, {Greeting})))
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED"]), "nobody listens there, and no Service does");
    }

    [Test]
    public async Task Loopback_FromAPod_IsThePodsOwn()
    {
        var answers = await Client.PythonAsync($"""
            greet(listening('127.0.0.1', {Greeting}), 'the pod itself')
            print(greeting('127.0.0.1', {Greeting}), '|', greeting('0.0.0.0', {Greeting}), '|', attempt(lambda: greeting('127.0.0.1', {Echo})))
            """);

        Assert.That(answers, Is.EqualTo("the pod itself | the pod itself | ECONNREFUSED"));
    }

    [Test]
    public async Task OtherNode_FromPodAndHost_IsServedAtItsDevices()
    {
        await using var there = Cluster.NodeB.Aside("listener").OpenPython();
        await there.AskAsync($"greet(listening('::', {Greeting}), 'node-b')");

        const string ask = "for address in '172.18.0.3', 'fd00:172:18::3', '10.244.2.1':\n    print(greeting(address, 30080))";
        var (fromPod, fromHost) = (await Client.PythonAsync(ask), await Cluster.NodeA.PythonAsync(ask));
        var fromItself = await Cluster.Lab["client-b"].PythonAsync(ask);

        Assert.That(
            new[] { fromPod, fromHost, fromItself }.Select(answers => answers.Split('\n')), Is.All.EqualTo(new[] { "web-3", "web-3", "web-3" }),
            "the NodePort goes before what listens there");
    }

    [Test]
    public async Task NoEndpoints_IsRefusedAlsoWhereAProcessListens()
    {
        await using var host = Cluster.NodeA.Aside("listener").OpenPython();
        await host.AskAsync($"greet(listening('::', {Empty}), 'node-a')");

        var answers = await Client.PythonAsync($"""
            for address in '172.18.0.2', 'fd00:172:18::2':
                print(attempt(lambda: greeting(address, {Empty})))
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo(["ECONNREFUSED", "ECONNREFUSED"]));
    }

    [Test]
    public async Task PortThatIsNoNodePort_IsLeftAlone()
    {
        await using var host = Cluster.NodeA.OpenPython();
        await host.AskAsync("greet(listening('::', 30999), 'node-a')");

        var answers = await Client.PythonAsync("""
            for address in '172.18.0.2', 'fd00:172:18::2':
                print(greeting(address, 30999))
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo(["node-a", "node-a"]));
    }

    [Test]
    public async Task ExternalAddressOfAnotherService_IsTheNodesOwn_GoesBeforeTheNodePort()
    {
        var answers = await Client.PythonAsync($"print(greeting('172.18.0.2', {Claimed}), greeting('10.244.1.1', {Claimed}))");

        Assert.That(answers, Is.EqualTo("web-4 web-3"));
    }

    [TestCase("172.19.8.8/32")]
    [TestCase("fd00:172:19::8/128")]
    public async Task Address_AppearsAndVanishes_IsFollowed(string network)
    {
        var address = network.Split('/')[0];
        await using var client = Client.OpenPython();
        var before = await client.AskAsync($"greeting('{address}', {Greeting})");

        await Cluster.NodeA.AddAddressAsync(network);
        await RunningCluster.SeesAsync(client, address, "web-3", Greeting);
        await Cluster.NodeA.RemoveAddressAsync(network);

        Assert.That(before, Is.AnyOf("EHOSTUNREACH", "ENETUNREACH"), "there is no way there");
        await RunningCluster.SeesAsync(client, address, before, Greeting);
    }
}
