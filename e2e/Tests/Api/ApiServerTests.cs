using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;

namespace KubeProxyNext.EndToEnd.Api;

/// <summary>Daemons that read from an API server in their cluster keep its Services, whatever the server does.</summary>
internal sealed class ApiServerTests : ApiFixture
{
    private const string Address = "10.96.0.110";
    private ServiceManifest _service = null!;

    [SetUp]
    public void Apply()
    {
        _service = new ServiceManifest("web", Address, "fd00:10:96::110").Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[0]);
        Api.Apply(_service.ToString());
    }

    [Test]
    public async Task Daemons_OnTwoNodes_FollowTheServer()
    {
        await Task.WhenAll(StartDaemonAsync(Cluster.NodeA), StartDaemonAsync(Cluster.NodeB));
        var fromB = await Cluster.Lab["client-b"].PythonAsync($"print(greeting('{Address}', 80))");
        Api.Apply(_service.Backends(Cluster.Webs[3]).ToString());

        await RunningCluster.SeesAsync(Cluster.Client, Address, "web-4");
        await RunningCluster.SeesAsync(Cluster.NodeB, "fd00:10:96::110", "web-4");
        Api.Delete(ApiResource.Services, "default/web");
        await RunningCluster.SeesAsync(Cluster.Client, Address, "EHOSTUNREACH");
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
        await using var daemon = await StartDaemonAsync(Cluster.NodeA);
        var client = await RunningClient.TcpAsync(Cluster.Client, Address);

        await BefallAsync(trouble);
        Api.Apply(_service.Backends(Cluster.Webs[2]).ToString());
        await RunningCluster.SeesAsync(Cluster.Client, Address, "web-3");

        Assert.That((await client.StopAsync()).Keys, Is.EquivalentTo(["web-1", "web-3"]), $"answers of backends, and no error\n{daemon.Log}");
    }

    [Test]
    public async Task Daemon_StartsBeforeTheServer_ServesOnceItIsThere()
    {
        await Api.StopListeningAsync();
        await using var daemon = Daemon.Start(Cluster.NodeA, "--kubeconfig", WriteKubeConfig());
        await daemon.Log.WaitForAsync("refused", TimeSpan.FromSeconds(20));

        await Api.ListenAsync();

        await RunningCluster.SeesAsync(Cluster.Client, Address, "web-1");
    }

    /// <summary>Lets it happen, and waits until the daemon met it.</summary>
    private async Task BefallAsync(Trouble trouble)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var seen = Api.Requests.All.Count;
        switch (trouble)
        {
            case Trouble.StreamsCut:
                Api.CutWatches();
                break;
            case Trouble.Expired:
                Api.Compact();
                Api.ExpireWatches();
                break;
            case Trouble.Errors:
                Api.Misbehave(new Misbehaviour.Fail(500), times: 4);
                Api.EndWatches();
                break;
            case Trouble.Away:
                await Api.StopListeningAsync();
                await Api.ListenAsync(patience.Token);
                break;
            case Trouble.ConnectionsClosed:
                Api.CloseConnections();
                break;
            case Trouble.EventsTwiceAndLate:
                Api.Misbehave(new Misbehaviour.DuplicateEvents());
                Api.Misbehave(new Misbehaviour.StaleEvents());
                Api.EndWatches();
                break;
        }

        await Api.Requests.WaitForAsync(request => request.Resource == ApiResource.EndpointSlices, seen, patience.Token);
    }
}
