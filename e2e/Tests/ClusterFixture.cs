namespace KubeProxyNext.EndToEnd;

/// <summary>A fixture whose tests share one running cluster. Each test has Services of its own.</summary>
internal abstract class ClusterFixture
{
    protected RunningCluster Cluster { get; private set; } = null!;

    protected Pod Client => Cluster.Client;

    /// <summary>The daemons' further options.</summary>
    protected virtual IEnumerable<string> Options => [];

    protected abstract IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs);

    /// <summary>What the cluster needs before its daemons start.</summary>
    protected virtual Task PrepareAsync(RunningCluster cluster) => Task.CompletedTask;

    [OneTimeSetUp]
    public async Task StartCluster()
    {
        Cluster = await RunningCluster.BuildAsync();
        await PrepareAsync(Cluster);
        foreach (var service in Services(Cluster.Webs))
        {
            Cluster.Manifests.Apply(service);
        }

        await Cluster.StartDaemonsAsync(Options);
    }

    [OneTimeTearDown]
    public async Task RemoveCluster()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }
    }
}
