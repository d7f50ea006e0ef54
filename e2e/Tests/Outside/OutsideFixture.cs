namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>A fixture whose tests share one running cluster with clients outside. Each test has Services of its own, or changes none.</summary>
internal abstract class OutsideFixture(Topology topology)
{
    protected OutsideFixture()
        : this(OutsideCluster.Plain)
    {
    }

    protected OutsideCluster Cluster { get; private set; } = null!;

    protected Place Client => Cluster.Client;

    /// <summary>The daemons' further options.</summary>
    protected virtual IEnumerable<string> Options => [];

    protected abstract IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs);

    /// <summary>What the cluster needs before its daemons start.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    [OneTimeSetUp]
    public async Task StartCluster()
    {
        Cluster = await OutsideCluster.BuildAsync(topology);
        await PrepareAsync();
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
