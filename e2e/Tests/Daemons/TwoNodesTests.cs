namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>Two daemons on one machine serve each its own node, and see it with its own eyes.</summary>
internal sealed class TwoNodesTests : ClusterFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("local", "10.96.0.100", "fd00:10:96::100").Port(80, ServerPorts.Greeting).Backends(webs[0], webs[3]).InternalLocal(),
        new ServiceManifest("all", "10.96.0.101").Port(80, ServerPorts.Greeting).Backends(webs[0], webs[3]),
    ];

    [TestCase("10.96.0.100")]
    [TestCase("fd00:10:96::100")]
    public async Task InternalPolicyLocal_ClientOnEachNode_ReachesThatNodesBackendOnly(string address)
    {
        var ask = $"print(*sorted(set(greeting('{address}', 80) for _ in range(50))))";

        var fromA = await Client.PythonAsync(ask);
        var fromB = await Cluster.Lab["client-b"].PythonAsync(ask);
        var fromHostB = await Cluster.NodeB.PythonAsync(ask);

        Assert.That((fromA, fromB, fromHostB), Is.EqualTo(("web-1", "web-4", "web-4")));
    }

    [Test]
    public async Task InternalPolicyCluster_ClientOnEachNode_ReachesAllBackends()
    {
        const string ask = "print(*sorted(set(greeting('10.96.0.101', 80) for _ in range(50))))";

        var fromA = await Client.PythonAsync(ask);
        var fromHostB = await Cluster.NodeB.PythonAsync(ask);

        Assert.That((fromA, fromHostB), Is.EqualTo(("web-1 web-4", "web-1 web-4")));
    }
}
