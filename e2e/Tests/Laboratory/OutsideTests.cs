namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>Hosts outside reach the nodes, and what the router sends there, and nothing else.</summary>
internal sealed class OutsideTests
{
    private const string VipV4 = "198.51.100.10";
    private const string VipV6 = "2001:db8:100::10";
    private Lab _lab = null!;

    private Node NodeA => _lab.Nodes[0];

    private Node NodeB => _lab.Nodes[1];

    private Place Client => _lab.Outside["client"];

    [OneTimeSetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a", "web"), new("node-b", "client")], new Topology { Outside = ["client", "other"] });
        await Task.WhenAll(NodeA.ServeAsync(), NodeB.ServeAsync(), _lab["web"].ServeAsync(), _lab.Outside["other"].ServeAsync());
        foreach (var vip in new[] { $"{VipV4}/32", $"{VipV6}/128" })
        {
            await NodeA.AddAddressAsync(vip);
            await NodeB.AddAddressAsync(vip);
        }
    }

    [OneTimeTearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [Test]
    public async Task Node_FromOutside_SeesTheClientsAddress()
    {
        var answers = await Client.PythonAsync($"""
            for address in '{NodeA.IPv4}', '{NodeB.IPv6}':
                s = connected_udp(address, {ServerPorts.Peer})
                print(peer(address, {ServerPorts.Peer}).split()[:2], echo(s).split()[:2])
            """);

        Assert.That(answers.Split('\n'), Is.EqualTo(new[]
        {
            $"['node-a', '{Client.IPv4}'] ['node-a', '{Client.IPv4}']", $"['node-b', '{Client.IPv6}'] ['node-b', '{Client.IPv6}']",
        }));
    }

    [Test]
    public async Task Outside_FromNodesAndEachOther_Answers()
    {
        var other = _lab.Outside["other"];
        var ask = $"print(greeting('{other.IPv4}', {ServerPorts.Greeting}), greeting('{other.IPv6}', {ServerPorts.Greeting}))";

        Assert.That((await NodeB.PythonAsync(ask), await Client.PythonAsync(ask)), Is.EqualTo(("other other", "other other")));
    }

    [Test]
    public async Task Pod_FromOutside_IsReachedOnceItIsRouted()
    {
        await using var lab = await Lab.BuildAsync([new("node-a", "web")], new Topology { Outside = ["client"] });
        await lab["web"].ServeAsync();
        var ask = $"""
            for address in '{lab["web"].IPv4}', '{lab["web"].IPv6}':
                print(attempt(lambda: greeting(address, {ServerPorts.Greeting})))
            """;
        var before = await lab.Outside["client"].PythonAsync(ask);

        await lab.Router.RoutePodsAsync(lab.Nodes);

        Assert.That((before, await lab.Outside["client"].PythonAsync(ask)), Is.EqualTo(("ENETUNREACH\nENETUNREACH", "web\nweb")));
    }

    [TestCase(VipV4)]
    [TestCase(VipV6)]
    public async Task Vip_RoutedToANode_IsReachedThereAndThenAtTheNext(string vip)
    {
        await using var client = Client.OpenPython();

        await _lab.Router.RouteVipsToAsync(NodeB);
        var first = await client.AskAsync($"greeting('{vip}', {ServerPorts.Greeting})");
        await _lab.Router.RouteVipsToAsync(NodeA);
        var second = await client.AskAsync($"greeting('{vip}', {ServerPorts.Greeting})");

        Assert.That((first, second), Is.EqualTo(("node-b", "node-a")));
    }

    [TestCase(VipV4)]
    [TestCase(VipV6)]
    public async Task Vip_RoutedToSeveralNodes_IsReachedAtEach(string vip)
    {
        await _lab.Router.RouteVipsToAsync(NodeA, NodeB);

        var names = await Client.PythonAsync($"print(*sorted({{greeting('{vip}', {ServerPorts.Greeting}) for _ in range(50)}}))");

        Assert.That(names, Is.EqualTo("node-a node-b"));
    }

    [TestCase("10.96.0.10")]
    [TestCase("fd00:10:96::10")]
    [TestCase("198.51.100.99")]
    [TestCase("2001:db8:100::99")]
    public async Task Vip_NobodyTranslates_IsRefusedByItsNode(string address)
    {
        await _lab.Router.RouteVipsToAsync(NodeA);
        var ask = $"print(attempt(lambda: tcp('{address}', 80)))";

        var refusal = await Client.PythonAsync($"print(icmp_error('{address}', 80))");
        string[] errors = [await NodeA.PythonAsync(ask), await _lab["web"].PythonAsync(ask)];

        Assert.That(refusal, Is.EqualTo(address.Contains(':') ? $"1 0 {NodeA.IPv6}" : $"3 1 {NodeA.IPv4}"), "not passed to and fro until it has lived");
        Assert.That(errors, Is.All.AnyOf("EHOSTUNREACH", "ENETUNREACH"));
    }

    [Test]
    public async Task Process_IsBelowNoNodesCgroup()
    {
        var where = await Client.RunAsync("grep", "^0::", "/proc/self/cgroup");

        Assert.That(where.Output, Does.EndWith($"/{_lab.Id}/outside-client"));
        Assert.That(Client.Cgroup, Does.Not.StartWith($"{NodeA.NodeCgroup}/").And.Not.StartWith($"{NodeB.NodeCgroup}/"));
    }

    [Test]
    public async Task Router_WithoutHostsOutside_IsNot()
    {
        await using var lab = await Lab.BuildAsync([new("node-a")]);

        Assert.That(() => lab.Router, Throws.TypeOf<LabException>());
        Assert.That((await lab.Nodes[0].RunAsync("ip", "route", "show", "default")).Output, Is.Empty);
    }
}
