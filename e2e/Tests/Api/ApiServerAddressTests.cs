using KubeProxyNext.ApiServer;

namespace KubeProxyNext.EndToEnd.Api;

/// <summary>A Service that claims the API server's own address by an external IP does not get between the daemon and its server.</summary>
internal sealed class ApiServerAddressTests
{
    private const string Address = "10.96.0.111";
    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;
    private ServiceManifest _service = null!;

    [SetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(_cluster.NodeA);
        _service = new ServiceManifest("web", Address).Port(80, ServerPorts.Greeting).Backends(_cluster.Webs[0]);
        _api.Apply(_service.ToString());
        _api.Apply(new ServiceManifest("thief", "10.96.0.112").Port(6443, ServerPorts.Greeting).Port(6444, ServerPorts.Greeting)
            .ExternalIps(_cluster.NodeA.IPv4).Backends(_cluster.Webs[1]).ToString());
    }

    [TearDown]
    public async Task Remove()
    {
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [TestCase(0, Description = "where the server is")]
    [TestCase(1, Description = "where it is far")]
    public async Task Daemon_ReachesItsServer(int place)
    {
        var node = _cluster.Lab.Nodes[place];
        await using var daemon = await Daemon.StartReadyAsync(node, "--kubeconfig", _api.WriteKubeConfig(_cluster.Lab.StateFolder));

        _api.CloseConnections();
        _api.Apply(_service.Backends(_cluster.Webs[2]).ToString());

        await RunningCluster.SeesAsync(node, Address, "web-3");
        Assert.That(await AskAsync(node, 6444), Is.EqualTo("web-2"), "the address has other ports, which the API leaves to Services");
        await daemon.Log.WaitForAsync($"does not get {_cluster.NodeA.IPv4}:6443/TCP: this node reaches its API server there", TimeSpan.FromSeconds(5));
    }

    private Task<string> AskAsync(Node node, int port) => node.PythonAsync($"print(attempt(lambda: greeting('{_cluster.NodeA.IPv4}', {port})))");
}
