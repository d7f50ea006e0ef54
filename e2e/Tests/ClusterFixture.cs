namespace KubeProxyNext.EndToEnd;

/// <summary>A fixture whose tests share one running cluster. Each test has Services of its own.</summary>
internal abstract class ClusterFixture
{
    protected RunningCluster Cluster { get; private set; } = null!;

    protected Pod Client => Cluster.Client;

    protected abstract IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs);

    [OneTimeSetUp]
    public async Task StartCluster() => Cluster = await RunningCluster.StartAsync(cluster => Services(cluster.Webs));

    [OneTimeTearDown]
    public async Task RemoveCluster()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
    }
}
