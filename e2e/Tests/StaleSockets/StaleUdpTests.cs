namespace KubeProxyNext.EndToEnd.StaleSockets;

/// <summary>
/// A UDP socket that is connected to a backend which left is told so at once, by an error that lets its program connect anew (behaviour 6.1). Nobody
/// else's socket is touched.
/// </summary>
internal sealed class StaleUdpTests : ClusterFixture
{
    private const string Gone = "ECONNABORTED";
    private readonly Dictionary<int, ServiceManifest> _services = [];

    /// <summary>Service n is for one test each, save for the last, which is a fence: what was asked for before it is done when it is done.</summary>
    private const int Fence = 9;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        foreach (var number in Enumerable.Range(1, Fence))
        {
            _services[number] = new ServiceManifest($"service-{number}", $"10.96.10.{number}", $"fd00:10:96::a:{number}")
                .Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo, "UDP", 31500 + number);
        }

        return _services.Values.Select(service => service.Backends(webs));
    }

    private static IEnumerable<TestCaseData<int, string, int>> Sockets() =>
    [
        new(1, "10.96.10.1", 7) { TestName = "IPv4" },
        new(2, "fd00:10:96::a:2", 7) { TestName = "IPv6" },
        new(3, "::ffff:10.96.10.3", 7) { TestName = "IPv4 on an IPv6 socket" },
        new(4, "172.18.0.2", 31504) { TestName = "by NodePort" },
    ];

    [TestCaseSource(nameof(Sockets))]
    public async Task Backend_Leaves_ItsSocketsFailAtOnceAndReconnect(int service, string address, int port)
    {
        await using var pod = Client.OpenPython();
        await using var host = Cluster.NodeA.OpenPython();
        foreach (var client in new[] { pod, host })
        {
            await client.AskAsync($"make = lambda: connected_udp('{address}', {port})\nleaves, stays = held('web-1', make), held('web-3', make)");
        }

        Cluster.Manifests.Apply(_services[service].Backends(Cluster.Webs.Skip(1)));

        foreach (var client in new[] { pod, host })
        {
            Assert.That(await client.AskAsync("leaves.recv(100)"), Is.EqualTo(Gone));
            var again = await client.AskAsync($"leaves.connect(('{address}', {port}))\necho(leaves)");
            Assert.That(again, Does.StartWith("web-").And.Not.EqualTo("web-1"));
            Assert.That(await client.AskAsync("echo(stays)"), Is.EqualTo("web-3"));
        }
    }

    [Test]
    public async Task Backend_Leaves_SocketsOfOthersAreNotTouched()
    {
        var web = Cluster.Webs[0];
        await using var client = Client.OpenPython();
        await client.AskAsync($"""
            stale = held('web-1', lambda: connected_udp('10.96.10.5', 7))
            direct = connected_udp('{web.IPv4}', {ServerPorts.Echo})
            other = held('web-1', lambda: connected_udp('10.96.10.6', 7))
            unconnected = udp('10.96.10.5')
            echo_from(unconnected, '10.96.10.5', 7)
            before = unconnected.getsockname()
            """);

        Cluster.Manifests.Apply(_services[5].Backends(Cluster.Webs[1]));
        var stale = await client.AskAsync("stale.recv(100)");
        await PassFenceAsync();

        Assert.That(stale, Is.EqualTo(Gone));
        Assert.That(await client.AskAsync("(echo(direct), echo(other))"), Is.EqualTo("('web-1', 'web-1')"));
        Assert.That(
            await client.AskAsync("(echo_from(unconnected, '10.96.10.5', 7), unconnected.getsockname() == before)"),
            Is.EqualTo("('web-2', True)"), "it moves with its next datagram, and keeps its port");
    }

    [Test]
    public async Task Backend_DrainsThenLeavesThenTheLastLeaves_SocketsGoOnWhileNobodyElseServes()
    {
        var webs = Cluster.Webs;
        var draining = new EndpointManifest(webs[0]).Draining();
        await using var client = Client.OpenPython();
        await client.AskAsync("make = lambda: connected_udp('10.96.10.7', 7)\ndrains, last = held('web-1', make), held('web-2', make)");

        Cluster.Manifests.Apply(_services[7].Endpoints(draining, webs[1]));
        await SeesAsync(client, "10.96.10.7", "{'web-2'}");
        await PassFenceAsync();
        Assert.That(await client.AskAsync("(echo(drains), echo(last))"), Is.EqualTo("('web-1', 'web-2')"), "while it drains");

        Cluster.Manifests.Apply(_services[7].Backends(webs[1]));
        Assert.That(await client.AskAsync("(drains.recv(100))"), Is.EqualTo(Gone), "when it left");

        Cluster.Manifests.Apply(_services[7].Backends());
        await SeesAsync(client, "10.96.10.7", "ECONNREFUSED");
        await PassFenceAsync();
        Assert.That(await client.AskAsync("echo(last)"), Is.EqualTo("web-2"), "no other backend could take over");
    }

    [Test]
    public async Task Service_Deleted_SocketsGoOn()
    {
        await using var client = Client.OpenPython();
        await client.AskAsync("s, untouched = connected_udp('10.96.10.8', 7), attempt(lambda: greeting('10.96.0.99', 80))\nname = echo(s)");

        Cluster.Manifests.Delete(_services[8]);
        await RunningCluster.SeesAsync(client, "10.96.10.8", await client.AskAsync("untouched"));
        await PassFenceAsync();

        Assert.That(await client.AskAsync("echo(s) == name"), Is.EqualTo("True"));
    }

    /// <summary>Sockets are destroyed round by round: when those that were asked for later are gone, all that was asked for before is done.</summary>
    private async Task PassFenceAsync()
    {
        await using var client = Client.OpenPython();
        Cluster.Manifests.Apply(_services[Fence].Backends(Cluster.Webs.Take(2)));
        await SeesAsync(client, $"10.96.10.{Fence}", "{'web-1', 'web-2'}");
        await client.AskAsync($"make = lambda: connected_udp('10.96.10.{Fence}', 7)\nfences = held('web-1', make), held('web-2', make)");
        for (var fence = 0; fence < 2; fence++)
        {
            Cluster.Manifests.Apply(_services[Fence].Backends(Cluster.Webs[1 - fence], Cluster.Webs[2]));
            Assert.That(await client.AskAsync($"fences[{fence}].recv(100)"), Is.EqualTo(Gone), "the fence");
        }
    }

    /// <summary>Waits until new clients get these backends, or this errno.</summary>
    private static Task<string> SeesAsync(PythonSession client, string address, string names) => Eventually.SeesAsync(
        $"new clients of {address}",
        () => client.AskAsync($"names = {{greeting('{address}', 80) for _ in range(30)}}\n'{{' + str(sorted(names))[1:-1] + '}}'"),
        seen => seen == names);
}
