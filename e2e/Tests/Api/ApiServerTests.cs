using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;

namespace KubeProxyNext.EndToEnd.Api;

/// <summary>Daemons that read from an API server in their cluster keep its Services, whatever the server does.</summary>
internal sealed class ApiServerTests
{
    private const string Address = "10.96.0.110";
    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;
    private ServiceManifest _service = null!;

    [SetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(_cluster.NodeA);
        _service = new ServiceManifest("web", Address, "fd00:10:96::110").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs[0]);
        _api.Apply(_service.ToString());
    }

    [TearDown]
    public async Task Remove()
    {
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Test]
    public async Task Daemons_OnTwoNodes_FollowTheServer()
    {
        await Task.WhenAll(StartDaemonAsync(_cluster.NodeA), StartDaemonAsync(_cluster.NodeB));
        var fromB = await _cluster.Lab["client-b"].PythonAsync($"print(greeting('{Address}', 80))");
        _api.Apply(_service.Backends(_cluster.Webs[3]).ToString());

        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-4");
        await RunningCluster.SeesAsync(_cluster.NodeB, "fd00:10:96::110", "web-4");
        _api.Delete(ApiResource.Services, "default/web");
        await RunningCluster.SeesAsync(_cluster.Client, Address, "EHOSTUNREACH");
        Assert.That(fromB, Is.EqualTo("web-1"));
    }

    [TestCase(Trouble.StreamsCut)]
    [TestCase(Trouble.Expired)]
    [TestCase(Trouble.Errors)]
    [TestCase(Trouble.Away)]
    [TestCase(Trouble.ConnectionsClosed)]
    [TestCase(Trouble.EventsTwiceAndLate)]
    public async Task Server_Misbehaves_NoServiceIsLostAndChangesArriveAfterwards(Trouble trouble)
    {
        await using var daemon = await StartDaemonAsync(_cluster.NodeA);
        var client = await RunningClient.TcpAsync(_cluster.Client, Address);

        await BefallAsync(trouble);
        _api.Apply(_service.Backends(_cluster.Webs[2]).ToString());
        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-3");

        Assert.That((await client.StopAsync()).Keys, Is.EquivalentTo(["web-1", "web-3"]), $"answers of backends, and no error\n{daemon.Log}");
    }

    [Test]
    public async Task Daemon_StartsBeforeTheServer_ServesOnceItIsThere()
    {
        await _api.StopListeningAsync();
        await using var daemon = Daemon.Start(_cluster.NodeA, "--kubeconfig", KubeConfig());
        await daemon.Log.WaitForAsync("refused", TimeSpan.FromSeconds(20));

        await _api.ListenAsync();

        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
    }

    /// <summary>Lets it happen, and waits until the daemon met it.</summary>
    private async Task BefallAsync(Trouble trouble)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var seen = _api.Requests.All.Count;
        switch (trouble)
        {
            case Trouble.StreamsCut:
                _api.CutWatches();
                break;
            case Trouble.Expired:
                _api.Compact();
                _api.ExpireWatches();
                break;
            case Trouble.Errors:
                _api.Misbehave(new Misbehaviour.Fail(500), times: 4);
                _api.EndWatches();
                break;
            case Trouble.Away:
                await _api.StopListeningAsync();
                await _api.ListenAsync(patience.Token);
                break;
            case Trouble.ConnectionsClosed:
                _api.CloseConnections();
                break;
            case Trouble.EventsTwiceAndLate:
                _api.Misbehave(new Misbehaviour.DuplicateEvents());
                _api.Misbehave(new Misbehaviour.StaleEvents());
                _api.EndWatches();
                break;
        }

        await _api.Requests.WaitForAsync(request => request.Resource == ApiResource.EndpointSlices, seen, patience.Token);
    }

    private Task<Daemon> StartDaemonAsync(Node node) => Daemon.StartReadyAsync(node, "--kubeconfig", KubeConfig());

    private string KubeConfig() => _api.WriteKubeConfig(_cluster.Lab.StateFolder);
}
