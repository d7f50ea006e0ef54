namespace KubeProxyNext.EndToEnd.ClusterIp;

/// <summary>Unmodified programs reach a backend by TCP through a ClusterIP.</summary>
internal sealed class TcpTests : ClusterFixture
{
    private const string V4 = "10.96.0.10";
    private const string V6 = "fd00:10:96::10";
    private const string Hairpin = "10.96.0.11";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("web", V4, V6).Port(80, ServerPorts.Http).Port(7, ServerPorts.Echo).Backends(webs[2]),
        new ServiceManifest("myself", Hairpin).Port(80, ServerPorts.Http).Backends(webs[0]),
        new ServiceManifest("many", "10.96.0.12", "fd00:10:96::12").With(Enumerable.Range(0, ServerPorts.ManyCount)
            .Select(i => (1000 + i, ServerPorts.ManyFirst + i))).Backends(webs[1]),
    ];

    [TestCase($"http://{V4}")]
    [TestCase($"http://[{V6}]")]
    public async Task Curl_FromAPod_ReachesTheBackendOnTheOtherNode(string url)
    {
        var answer = await Client.RunAsync("curl", "-sS", "-m5", url);

        Assert.That(answer.Output, Is.EqualTo("web-3"), $"{answer}");
    }

    [TestCase($"http://{V4}")]
    [TestCase($"http://[{V6}]")]
    public async Task Curl_FromTheHost_ReachesTheBackend(string url)
    {
        var answer = await Cluster.NodeA.RunAsync("curl", "-sS", "-m5", url);

        Assert.That(answer.Output, Is.EqualTo("web-3"), $"{answer}");
    }

    [Test]
    public async Task Curl_FromThePodBehindTheService_ReachesItself()
    {
        var answer = await Cluster.Lab["web-1"].RunAsync("curl", "-sS", "-m5", $"http://{Hairpin}");

        Assert.That(answer.Output, Is.EqualTo("web-1"), $"{answer}");
    }

    [TestCase("0")]
    [TestCase("MPTCP")]
    public async Task Getpeername_ConnectedSocket_IsTheServiceAddress(string protocol)
    {
        var peers = await Client.PythonAsync($"""
            for address in '{V4}', '{V6}':
                with tcp(address, 7, protocol={protocol}) as s:
                    s.send(b'hello\n')
                    print(s.getpeername()[:2], s.recv(100).decode().strip())
            """);

        Assert.That(peers.Split('\n'), Is.EqualTo([$"('{V4}', 7) web-3 hello", $"('{V6}', 7) web-3 hello"]));
    }

    [Test]
    public async Task Mptcp_ThroughTheService_StaysMptcp()
    {
        // The kernel has MPTCP_INFO for a socket that did not fall back to plain TCP, and an error for one that did.
        var info = await Client.PythonAsync($"""
            for address in '{V4}', '{V6}':
                with tcp(address, 7, protocol=MPTCP) as s:
                    s.send(b'hello\n')
                    print(s.recv(100).decode().strip(), attempt(lambda: len(s.getsockopt(SOL_MPTCP, MPTCP_INFO, 64)) > 0))
            """);

        Assert.That(info.Split('\n'), Is.All.EqualTo("web-3 hello True"));
    }

    [Test]
    public async Task Connect_EachOfManyPorts_ReachesThatPortsTarget()
    {
        var answers = await Client.PythonAsync($"""
            for address in '10.96.0.12', 'fd00:10:96::12':
                for port in range(1000, {1000 + ServerPorts.ManyCount}):
                    print(greeting(address, port))
            """);

        var each = Enumerable.Range(0, ServerPorts.ManyCount).Select(i => $"web-2 {ServerPorts.ManyFirst + i}").ToList();
        Assert.That(answers.Split('\n'), Is.EqualTo([.. each, .. each]));
    }

    [Test]
    public async Task Connect_PortThatTheServiceLacks_IsRefused()
    {
        // Nothing routes to Service addresses here, so an untouched connect ends as one to any address that no Service ever had.
        var errors = await Client.PythonAsync($"""
            print(attempt(lambda: tcp('{V4}', 81)))
            print(attempt(lambda: tcp('10.96.0.99', 81)))
            """);

        Assert.That(errors.Split('\n')[0], Is.EqualTo("ECONNREFUSED"), "a ClusterIP has the ports of its Service and no others");
        Assert.That(errors.Split('\n')[1], Is.AnyOf("EHOSTUNREACH", "ENETUNREACH"), "an address that nobody claims");
    }

    [Test]
    public async Task Connect_PodAddress_IsLeftAlone()
    {
        var pod = Cluster.Lab["web-4"];

        var peer = await Client.PythonAsync($"""
            with tcp('{pod.IPv4}', {ServerPorts.Echo}) as s:
                print(s.getpeername())
            """);

        Assert.That(peer, Is.EqualTo($"('{pod.IPv4}', {ServerPorts.Echo})"));
    }
}
