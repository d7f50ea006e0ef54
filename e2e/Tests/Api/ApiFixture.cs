using KubeProxyNext.ApiServer;

namespace KubeProxyNext.EndToEnd.Api;

/// <summary>A fixture whose tests have a cluster each, with an API server on node a instead of the folder. They start the daemons.</summary>
internal abstract class ApiFixture
{
    protected RunningCluster Cluster { get; private set; } = null!;

    protected TestApiServer Api { get; private set; } = null!;

    [SetUp]
    public async Task StartApi()
    {
        Cluster = await RunningCluster.BuildAsync();
        Api = await ApiOnNode.StartAsync(Cluster.NodeA);
    }

    [TearDown]
    public async Task Remove()
    {
        await Api.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    protected string WriteKubeConfig() => Api.WriteKubeConfig(Cluster.Lab.StateFolder);

    protected Task<Daemon> StartDaemonAsync(Node node) => Daemon.StartReadyAsync(node, "--kubeconfig", WriteKubeConfig());
}
