namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>A node has no rules until a test gives it some, and then they work.</summary>
internal sealed class NetfilterTests
{
    private Lab _lab = null!;

    private Node NodeA => _lab.Nodes[0];

    private Pod Pod => _lab["pod"];

    private Place Outside => _lab.Outside["client"];

    [SetUp]
    public async Task Build()
    {
        _lab = await Lab.BuildAsync([new("node-a", "pod"), new("node-b", "web")], new Topology { Outside = ["client"] });
        await Task.WhenAll(_lab["web"].ServeAsync(), Outside.ServeAsync());
    }

    [TearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [Test]
    public async Task Masquerade_PodsAreSeenAsTheirNodeOutsideAndAsThemselvesByPods()
    {
        await NodeA.Netfilter.ApplyAsync(CniRules.Masquerade(NodeA));

        var seen = await Pod.PythonAsync($"""
            for address in '{Outside.IPv4}', '{Outside.IPv6}', '{_lab["web"].IPv4}', '{_lab["web"].IPv6}':
                print(peer(address, {ServerPorts.Peer}).split()[1], echo(connected_udp(address, {ServerPorts.Peer})).split()[1])
            """);

        string[] addresses = [NodeA.IPv4, NodeA.IPv6, Pod.IPv4, Pod.IPv6];
        Assert.That(seen.Split('\n'), Is.EqualTo(addresses.Select(address => $"{address} {address}")));
    }

    [Test]
    public async Task Forwarding_BetweenPodsAndOthers_IsLetThrough()
    {
        await _lab.Router.RoutePodsAsync(_lab.Nodes);
        await _lab.Nodes[1].Netfilter.ApplyAsync(CniRules.Forwarding);
        var ask = $"print(*(download(address, {ServerPorts.Bulk}, 100000) for address in ('{_lab["web"].IPv4}', '{_lab["web"].IPv6}')))";

        string[] names = [await Pod.PythonAsync(ask), await Outside.PythonAsync(ask)];

        Assert.That(names, Is.All.EqualTo("web web"));
        Assert.That(await _lab.Nodes[1].Netfilter.CountAsync(CniRules.Dropped), Is.Zero);
    }

    [TestCase("10.99.0.0/16", "10.99.0.1")]
    [TestCase("fd00:10:99::/64", "fd00:10:99::1")]
    public async Task Forwarding_BetweenOthers_IsDropped(string network, string address)
    {
        await _lab.Router.IpAsync("route", "add", network, "via", network.Contains(':') ? NodeA.IPv6 : NodeA.IPv4);
        await NodeA.IpAsync("route", "add", network, "via", network.Contains(':') ? _lab.Nodes[1].IPv6 : _lab.Nodes[1].IPv4);
        await NodeA.Netfilter.ApplyAsync(CniRules.Forwarding);

        await Outside.PythonAsync($"udp('{address}').sendto(b'', ('{address}', 9))");

        await Eventually.SeesAsync("the drop", () => NodeA.Netfilter.CountAsync(CniRules.Dropped), count => count == 1);
    }

    [Test]
    public async Task Forwarding_PacketOfNoConnection_IsCountedAsInvalid()
    {
        await NodeA.Netfilter.ApplyAsync(CniRules.Forwarding);

        // An acknowledgement and a reset at once: no packet of TCP.
        await Pod.PythonAsync($"""
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
            s.sendto(bytes((0x9c, 0x40, 0, 80, *bytes(8), 0x50, 0x06, 0, 1, 0, 0, 0, 0)), ('{_lab["web"].IPv4}', 0))
            """);

        await Eventually.SeesAsync("the drop", () => NodeA.Netfilter.CountAsync(CniRules.Invalid), count => count == 1);
    }

    [Test]
    public async Task Iptables_Rules_AreListedBesideThoseOfNft()
    {
        var before = await NodeA.Netfilter.ListAsync();

        await NodeA.Netfilter.ApplyIptablesAsync("*filter\n-A FORWARD -s 10.9.9.9 -j DROP\nCOMMIT\n");
        await NodeA.Netfilter.ApplyIp6tablesAsync("*filter\n-A FORWARD -s fd00:9::9 -j DROP\nCOMMIT\n");
        await NodeA.Netfilter.ApplyAsync("table inet mine {}");
        var after = await NodeA.Netfilter.ListAsync();

        Assert.That(before, Is.Empty);
        Assert.That(after, Does.Contain("10.9.9.9").And.Contain("fd00:9::9").And.Contain("table inet mine"));
        Assert.That(await _lab.Nodes[1].Netfilter.ListAsync(), Is.Empty, "the other node has its own");
    }
}
