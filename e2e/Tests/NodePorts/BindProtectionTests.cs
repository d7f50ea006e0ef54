namespace KubeProxyNext.EndToEnd.NodePorts;

/// <summary>A process of the host cannot take a port that is a NodePort: its clients would never reach it.</summary>
internal sealed class BindProtectionTests : ClusterFixture
{
    private const string Tcp = "socket.SOCK_STREAM";
    private const string Udp = "socket.SOCK_DGRAM";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("both", "10.96.9.1", "fd00:10:96::9:1").Port(80, ServerPorts.Greeting, nodePort: 30901)
            .Port(53, ServerPorts.Dns, "UDP", 30953).Backends(webs[0]),
        new ServiceManifest("ipv4", "10.96.9.2").Port(80, ServerPorts.Greeting, nodePort: 30902).Backends(webs[0]),
    ];

    [TestCase("0.0.0.0", 30901, Tcp, "")]
    [TestCase("172.18.0.2", 30901, Tcp, "")]
    [TestCase("10.244.1.1", 30901, Tcp, "")]
    [TestCase("127.0.0.1", 30901, Tcp, "")]
    [TestCase("::", 30901, Tcp, "0")]
    [TestCase("::", 30901, Tcp, "1")]
    [TestCase("fd00:172:18::2", 30901, Tcp, "")]
    [TestCase("::ffff:172.18.0.2", 30901, Tcp, "")]
    [TestCase("0.0.0.0", 30953, Udp, "")]
    [TestCase("172.18.0.2", 30953, Udp, "")]
    [TestCase("::", 30953, Udp, "0")]
    [TestCase("::", 30953, Udp, "1")]
    [TestCase("::", 30902, Tcp, "0", Description = "takes the port of IPv4 too, where it is a NodePort")]
    public async Task Host_BindsANodePort_GetsEaddrinuse(string address, int port, string kind, string v6only) =>
        Assert.That(await BindAsync(Cluster.NodeA, address, port, kind, v6only), Is.EqualTo("EADDRINUSE"));

    [TestCase("0.0.0.0", 30903, Tcp, "", Description = "no NodePort")]
    [TestCase("0.0.0.0", 30901, Udp, "", Description = "a NodePort of TCP alone")]
    [TestCase("0.0.0.0", 30953, Tcp, "", Description = "a NodePort of UDP alone")]
    [TestCase("::", 30902, Tcp, "1", Description = "a NodePort of IPv4 alone")]
    [TestCase("0.0.0.0", 0, Tcp, "", Description = "whatever is free")]
    public async Task Host_BindsAnotherPort_IsLeftAlone(string address, int port, string kind, string v6only) =>
        Assert.That(await BindAsync(Cluster.NodeA, address, port, kind, v6only), Is.EqualTo("bound"));

    [Test]
    public async Task Pod_BindsInItsOwnNamespace_IsLeftAlone()
    {
        Assert.That(await BindAsync(Client, "0.0.0.0", 30901, Tcp), Is.EqualTo("bound"));
        Assert.That(await BindAsync(Client, "::", 30953, Udp), Is.EqualTo("bound"));
    }

    [Test]
    public async Task Refusal_IsALineThatNamesProcessAndService()
    {
        await using var host = Cluster.NodeA.OpenPython();
        await host.AskAsync("open('/proc/self/comm', 'w').write('port-thief')");
        var from = Cluster.Daemons[0].Log.Count;

        await host.AskAsync("bound('0.0.0.0', 30953, socket.SOCK_DGRAM)");
        var line = await Cluster.Daemons[0].Log.WaitForAsync("port-thief", TimeSpan.FromSeconds(10), from);

        Assert.That(line, Does.Contain("default/both").And.Contain("30953").And.Contain($"{await host.AskAsync("__import__('os').getpid()")}"));
    }

    [Test]
    public async Task Service_ComesAndGoes_WhoBoundBeforeKeepsThePort()
    {
        var service = new ServiceManifest("late", "10.96.9.3").Port(80, ServerPorts.Greeting, nodePort: 30905).Backends(Cluster.Webs[2]);
        await using var host = Cluster.NodeA.OpenPython();
        await host.AskAsync("greet(listening('0.0.0.0', 30905), 'the process')");
        await using var client = Client.OpenPython();
        await RunningCluster.SeesAsync(client, "172.18.0.2", "the process", 30905);

        Cluster.Manifests.Apply(service);
        await RunningCluster.SeesAsync(client, "172.18.0.2", "web-3", 30905);
        Assert.That(await BindAsync(Cluster.NodeA, "127.0.0.1", 30905, Tcp), Is.EqualTo("EADDRINUSE"));
        Cluster.Manifests.Delete(service);

        await RunningCluster.SeesAsync(client, "172.18.0.2", "the process", 30905);
    }

    [Test]
    public async Task Service_IsGone_ThePortIsFree()
    {
        var service = new ServiceManifest("gone", "10.96.9.4").Port(80, ServerPorts.Greeting, nodePort: 30906).Backends(Cluster.Webs[2]);
        Cluster.Manifests.Apply(service);
        await Eventually.SeesAsync("binding", () => BindAsync(Cluster.NodeA, "0.0.0.0", 30906, Tcp), seen => seen == "EADDRINUSE");

        Cluster.Manifests.Delete(service);

        await Eventually.SeesAsync("binding", () => BindAsync(Cluster.NodeA, "0.0.0.0", 30906, Tcp), seen => seen == "bound");
    }

    [Test]
    public async Task SwitchedOff_ThePortIsFree()
    {
        await using var cluster = await RunningCluster.BuildAsync();
        cluster.Manifests.Apply(new ServiceManifest("web", "10.96.9.5").Port(80, ServerPorts.Greeting, nodePort: 30907).Backends(cluster.Webs[0]));
        await using (await cluster.StartDaemonAsync(cluster.NodeA))
        {
            Assert.That(await BindAsync(cluster.NodeA, "0.0.0.0", 30907, Tcp), Is.EqualTo("EADDRINUSE"));
        }

        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--nodeport-bind-protection=false");

        Assert.That(await BindAsync(cluster.NodeA, "0.0.0.0", 30907, Tcp), Is.EqualTo("bound"));
        await RunningCluster.SeesAsync(cluster.Client, "172.18.0.2", "web-1", 30907);
    }

    private static Task<string> BindAsync(Place place, string address, int port, string kind, string v6only = "") =>
        place.PythonAsync($"print(attempt(lambda: bound('{address}', {port}, {kind}, {(v6only.Length > 0 ? v6only : "None")}) and 'bound'))");
}
