namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>What a node does for clients outside besides choosing a backend: affinity, source ranges, changes of endpoints, ports that come again.</summary>
internal sealed class ClientTests : OutsideFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("affine", "10.96.23.1", "fd00:10:96::e:171").Port(80, ServerPorts.Greeting, nodePort: 30841)
            .ExternalIps("198.51.100.1", "2001:db8:100::1").Affinity().Backends(webs),
        new ServiceManifest("restricted", "10.96.23.2", "fd00:10:96::e:172").Port(80, ServerPorts.Greeting, nodePort: 30842)
            .LoadBalancer("198.51.100.2").LoadBalancer("2001:db8:100::2").SourceRanges("172.19.0.11/32", "fd00:172:19::11/128").Backends(webs[2]),
        new ServiceManifest("again", "10.96.23.3", "fd00:10:96::e:173").Port(80, ServerPorts.Peer, nodePort: 30843).Backends(webs[2]),
        new ServiceManifest("again-here", "10.96.23.4", "fd00:10:96::e:174").Port(80, ServerPorts.Peer, nodePort: 30844).Backends(webs[0]),
        new ServiceManifest("again-kept", "10.96.23.6", "fd00:10:96::e:176").Port(80, ServerPorts.Peer, nodePort: 30846).ExternalLocal().Backends(webs[0]),
        new ServiceManifest("maglev", "10.96.23.5", "fd00:10:96::e:175").Port(7, ServerPorts.Echo)
            .Annotated("kube-proxy-next.io/algorithm", "maglev").Backends(webs.Take(2)),
    ];

    [Test]
    public async Task Rules_NobodyNeedsNetfilter()
    {
        foreach (var node in Cluster.Lab.Nodes)
        {
            Assert.That(await node.Netfilter.ListAsync(), Is.Empty, node.Name);
        }
    }

    [Test]
    public async Task Affinity_OfOneClient_HoldsForEachAddress()
    {
        var ask = $$"""
            for addresses in (('198.51.100.1', 80), ('{{Cluster.NodeA.IPv4}}', 30841)), (('2001:db8:100::1', 80), ('{{Cluster.NodeA.IPv6}}', 30841)):
                print(len({greeting(*address) for _ in range(15) for address in addresses}))
            """;

        Assert.That((await Client.PythonAsync(ask), await Cluster.Other.PythonAsync(ask)), Is.EqualTo(("1\n1", "1\n1")));
    }

    [Test]
    public async Task SourceRanges_BindWhoDialsTheLoadBalancer()
    {
        var ask = $"""
            def ask(address, port):
                with opened(address, socket.SOCK_STREAM) as s:
                    s.settimeout(0.5)
                    s.connect((address, port))
                    return s.makefile().readline().strip()
            for address, port in ('198.51.100.2', 80), ('2001:db8:100::2', 80), ('{Cluster.NodeA.IPv4}', 30842), ('{Cluster.NodeA.IPv6}', 30842):
                print(attempt(lambda: ask(address, port)))
            """;

        var (client, other) = (await Client.PythonAsync(ask), await Cluster.Other.PythonAsync(ask));

        Assert.That(client.Split('\n'), Is.EqualTo(["web-3", "web-3", "web-3", "web-3"]));
        Assert.That(other.Split('\n'), Is.EqualTo(["TimeoutError", "TimeoutError", "web-3", "web-3"]));
    }

    [TestCase(30843, "web-3")]
    [TestCase(30844, "web-1")]
    public async Task Port_OfAClosedConnection_ConnectsAgainAtOnce(int port, string backend)
    {
        // A lost SYN is sent again after one second, which is too late here. The server closes first: the client need not wait for anything.
        var names = await Client.PythonAsync($"""
            def connected(address, sport): # below the ports that the kernel gives to others
                s = opened(address, socket.SOCK_STREAM)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.settimeout(0.9)
                s.bind(('', sport))
                s.connect((address, {port}))
                return s
            for address in '{Cluster.NodeA.IPv4}', '{Cluster.NodeA.IPv6}':
                for _ in range(20):
                    with connected(address, 25678) as s, s.makefile() as stream:
                        print(stream.read().split()[0])
            """);

        Assert.That(names.Split('\n'), Has.Length.EqualTo(40).And.All.EqualTo(backend));
    }

    [Test]
    public async Task Port_OfAConnectionWithTheNodesAddress_KeepsTheClientsWhereItIsToBeKept()
    {
        // Until the backend sees the very same port again: it is another one for as long as the connection before may have packets.
        var seen = await Client.PythonAsync($"""
            def connected(address, port):
                s, deadline = None, time.monotonic() + 10
                while s is None:
                    s = opened(address, socket.SOCK_STREAM)
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind(('', 25679))
                    try:
                        s.connect((address, port))
                    except OSError as error:
                        # The one before may still wait for its last acknowledgement.
                        s = s.close()
                        if error.errno != errno.EADDRNOTAVAIL or time.monotonic() > deadline:
                            raise
                with s, s.makefile() as stream:
                    return stream.read().split()
            for address in '{Cluster.NodeA.IPv4}', '{Cluster.NodeA.IPv6}':
                masqueraded, kept, deadline = connected(address, 30844), [], time.monotonic() + 10
                while time.monotonic() < deadline and (not kept or kept[-1][2] != '25679'):
                    kept.append(connected(address, 30846))
                print(masqueraded[1] in ('{Client.IPv4}', '{Client.IPv6}'), kept[-1][2], *{'{'}one[1] for one in kept{'}'})
            """);

        Assert.That(seen.Split('\n'), Is.EqualTo(new[] { $"False 25679 {Client.IPv4}", $"False 25679 {Client.IPv6}" }));
    }

    [TestCase("10.96.23.5")]
    [TestCase("fd00:10:96::e:175")]
    public async Task Maglev_ConnectionComesToAnotherNode_GoesOn(string address)
    {
        await using var client = Client.OpenPython();
        var before = await client.AskAsync($"held = [tcp('{address}', 7) for _ in range(20)]\n[echo(s) for s in held]");

        await Cluster.Lab.Router.RouteVipsToAsync(Cluster.NodeC);
        var elsewhere = await client.AskAsync("[echo(s) for s in held]");
        await Cluster.Lab.Router.RouteVipsToAsync(Cluster.NodeA);
        var back = await client.AskAsync("[echo(s) for s in held]");

        Assert.That(before, Does.Contain("web-1").And.Contain("web-2"));
        Assert.That((elsewhere, back), Is.EqualTo((before, before)));
    }

    [TestCase("IPv4")]
    [TestCase("IPv6")]
    public async Task Endpoint_Leaves_TcpGoesOnAndUdpMoves(string family)
    {
        var address = family == "IPv4" ? Cluster.NodeA.IPv4 : Cluster.NodeA.IPv6;
        var service = new ServiceManifest("leaving", "10.96.23.9", "fd00:10:96::e:179").Port(7, ServerPorts.Echo, nodePort: 30849)
            .Port(7, ServerPorts.Echo, "UDP", 30849);
        Cluster.Manifests.Apply(service.Backends(Cluster.Webs[2]));
        await using var client = Client.OpenPython();
        await Eventually.SeesAsync("it is there", () => client.AskAsync($"t = tcp('{address}', 30849)\necho(t)"), seen => seen == "web-3");
        await client.AskAsync($"u = connected_udp('{address}', 30849)\necho(u)");

        Cluster.Manifests.Apply(service.Backends(Cluster.Webs[3]));
        await Eventually.SeesAsync("UDP moves", () => client.AskAsync("echo(u)"), seen => seen == "web-4");
        var moved = (await client.AskAsync("echo(t)"), await client.AskAsync($"echo(tcp('{address}', 30849))"));

        Cluster.Manifests.Apply(service.Backends());
        await Eventually.SeesAsync("nobody", () => client.AskAsync($"echo(tcp('{address}', 30849))"), seen => seen == "ECONNREFUSED");
        var kept = (await client.AskAsync("echo(t)"), await client.AskAsync("echo(u)"));
        Cluster.Manifests.Delete(service);

        Assert.That((moved, kept), Is.EqualTo((("web-3", "web-4"), ("web-3", "web-4"))));
    }
}
