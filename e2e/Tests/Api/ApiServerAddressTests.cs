namespace KubeProxyNext.EndToEnd.Api;

/// <summary>A Service that claims the API server's own address by an external IP does not get between the daemon and its server.</summary>
internal sealed class ApiServerAddressTests : ApiFixture
{
    private const string Address = "10.96.0.111";
    private ServiceManifest _service = null!;

    [SetUp]
    public void Apply()
    {
        _service = new ServiceManifest("web", Address).Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[0]);
        Api.Apply(_service.ToString());
        Api.Apply(new ServiceManifest("thief", "10.96.0.112").Port(6443, ServerPorts.Greeting).Port(6444, ServerPorts.Greeting)
            .ExternalIps(Cluster.NodeA.IPv4).Backends(Cluster.Webs[1]).ToString());
    }

    [TestCase(0, Description = "where the server is")]
    [TestCase(1, Description = "where it is far")]
    public async Task Daemon_ReachesItsServer(int place)
    {
        var node = Cluster.Lab.Nodes[place];
        await using var daemon = await StartDaemonAsync(node);

        Api.CloseConnections();
        Api.Apply(_service.Backends(Cluster.Webs[2]).ToString());

        await RunningCluster.SeesAsync(node, Address, "web-3");
        Assert.That(await AskAsync(node, 6444), Is.EqualTo("web-2"), "the address has other ports, which the API leaves to Services");
        await daemon.Log.WaitForAsync($"does not get {Cluster.NodeA.IPv4}:6443/TCP: this node reaches its API server there", TimeSpan.FromSeconds(5));
    }

    private Task<string> AskAsync(Node node, int port) => node.PythonAsync($"print(attempt(lambda: greeting('{Cluster.NodeA.IPv4}', {port})))");
}
