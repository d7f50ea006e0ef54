namespace KubeProxyNext.EndToEnd.Laboratory;

/// <summary>Pods reach each other however they are connected, and what belongs to a connection is there.</summary>
[TestFixture(PodAttachment.Bridge, null)]
[TestFixture(PodAttachment.Bridge, 8472)]
[TestFixture(PodAttachment.Routed, null)]
[TestFixture(PodAttachment.Routed, 4789)]
internal sealed class TopologyTests(PodAttachment pods, int? vxlanPort)
{
    private Lab _lab = null!;

    private Node NodeA => _lab.Nodes[0];

    [OneTimeSetUp]
    public async Task Build()
    {
        var topology = new Topology { Outside = ["client"], Pods = pods, VxlanPort = vxlanPort };
        _lab = await Lab.BuildAsync([new("node-a", "client", "web-1"), new("node-b", "web-2"), new("node-c", "web-3")], topology);
        await Task.WhenAll(_lab.Nodes.SelectMany(node => node.Pods).Select(pod => pod.ServeAsync()));
    }

    [OneTimeTearDown]
    public async Task Remove() => await _lab.DisposeAsync();

    [TestCase("web-1", Description = "on the same node")]
    [TestCase("web-2")]
    [TestCase("web-3")]
    public async Task Pod_FromPodAndOtherNodes_IsReached(string web)
    {
        var ask = $"""
            for address in '{_lab[web].IPv4}', '{_lab[web].IPv6}':
                print(download(address, {ServerPorts.Bulk}, 1000000), large_echo(connected_udp(address, {ServerPorts.Echo}), 20000))
            """;

        string[] answers = [await _lab["client"].PythonAsync(ask), .. await Task.WhenAll(_lab.Nodes.Select(node => node.PythonAsync(ask)))];

        Assert.That(answers, Is.All.EqualTo($"{web} {web}\n{web} {web}"));
    }

    [Test]
    public async Task Pod_FromPods_SeesTheirOwnAddresses()
    {
        var client = _lab["client"];

        var seen = await client.PythonAsync($"""
            for server in '{_lab["web-1"].IPv4}', '{_lab["web-2"].IPv4}', '{_lab["web-1"].IPv6}', '{_lab["web-2"].IPv6}':
                print(peer(server, {ServerPorts.Peer}).split()[1])
            """);

        Assert.That(seen.Split('\n'), Is.EqualTo(new[] { client.IPv4, client.IPv4, client.IPv6, client.IPv6 }));
    }

    [Test]
    public async Task Pod_FromOutside_IsReachedThroughEachNode()
    {
        await _lab.Router.RoutePodsAsync(_lab.Nodes);
        var addresses = string.Join(", ", _lab.Nodes.SelectMany(node => node.Pods).Select(pod => $"'{pod.IPv4}', '{pod.IPv6}'"));

        var names = await _lab.Outside["client"].PythonAsync($"print(*(greeting(to, {ServerPorts.Greeting}) for to in ({addresses})))");

        Assert.That(names, Is.EqualTo("client client web-1 web-1 web-2 web-2 web-3 web-3"));
    }

    [Test]
    public async Task Packets_BetweenNodes_GoInsideTheOverlayOrAsTheyAre()
    {
        await using var sniffer = _lab.Nodes[1].OpenPython();
        await sniffer.AskAsync("s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); s.bind(('eth0', 0)); s.settimeout(5)");

        await _lab["client"].PythonAsync($"echo(connected_udp('{_lab["web-2"].IPv4}', {ServerPorts.Echo}))");

        var port = await sniffer.AskAsync("""
            while True:
                frame = s.recv(2000)
                if frame[12:14] == b'\x08\x00' and frame[23] == socket.IPPROTO_UDP:
                    break
            int.from_bytes(frame[36:38], 'big')
            """);
        Assert.That(port, Is.EqualTo($"{vxlanPort ?? ServerPorts.Echo}"));
    }

    [Test]
    public async Task Pod_OnTheSameNode_IsANeighbourOnABridgeOnly()
    {
        var way = await _lab["client"].RunAsync("ip", "route", "get", _lab["web-1"].IPv4);

        Assert.That(way.Output, pods == PodAttachment.Bridge ? Does.Not.Contain(" via ") : Does.Contain(" via 10.244.1.1 "));
    }

    [Test]
    public async Task Pod_Packets_LeaveRoomForTheOverlay()
    {
        var device = await _lab["client"].RunAsync("ip", "link", "show", "eth0");

        Assert.That(device.Output, Does.Contain($" mtu {(vxlanPort is null ? 1500 : 1450)} "));
    }

    [TestCase("10.244.1.99")]
    [TestCase("fd00:10:244:1::99")]
    public async Task PodAddress_NobodyHasIt_IsRefusedByItsNode(string address)
    {
        await _lab.Router.RoutePodsAsync(_lab.Nodes);

        var refusal = await _lab.Outside["client"].PythonAsync($"print(icmp_error('{address}', 80))");

        Assert.That(refusal, Does.Match(address.Contains(':') ? $"^1 [03] {NodeA.IPv6}$" : $"^3 1 {NodeA.IPv4}$"));
    }

    [TestCase("0", "stray")]
    [TestCase("1", "good", Description = "the first was dropped")]
    public async Task ReversePathFilter_PacketFromWhereItDoesNotBelong_IsDroppedIfStrict(string filter, string first)
    {
        await using var listener = NodeA.OpenPython();
        await listener.AskAsync($"s = bound('{NodeA.IPv4}', 7000, socket.SOCK_DGRAM)");
        await _lab.Nodes[1].IpAsync("address", "replace", "10.244.1.250/32", "dev", "lo");

        NodeA.Tune("ipv4/conf/all/rp_filter", filter);
        await _lab.Nodes[1].PythonAsync($"""
            udp('{NodeA.IPv4}', source='10.244.1.250').sendto(b'stray', ('{NodeA.IPv4}', 7000))
            udp('{NodeA.IPv4}').sendto(b'good', ('{NodeA.IPv4}', 7000))
            """);

        Assert.That(await listener.AskAsync("s.recv(100).decode()"), Is.EqualTo(first));
    }
}
