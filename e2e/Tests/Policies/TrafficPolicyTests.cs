namespace KubeProxyNext.EndToEnd.Policies;

/// <summary>
/// Which backends clients on the node may reach (behaviour 4.3, 4.4): the internal policy binds who dials the ClusterIP, the external one nobody on
/// the node.
/// </summary>
internal sealed class TrafficPolicyTests : ClusterFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs),
        Service(2).Backends(webs).InternalLocal(),
        Service(3).Backends(webs.Skip(2)).InternalLocal(),
        Service(4).Backends().InternalLocal(),
        Service(5).Backends(webs).ExternalLocal(),
        Service(6).Backends(webs.Skip(2)).ExternalLocal(),
        Service(7).Backends().ExternalLocal(),
        Service(8).Backends(webs.Skip(2)).InternalLocal().ExternalLocal(),
        Service(9).Endpoints(new EndpointManifest(webs[0]).Draining(), webs[2]).InternalLocal(),
        Service(10).Endpoints(new EndpointManifest(webs[0]).Draining(), webs[2]),
        Service(11).Endpoints(new EndpointManifest(webs[0]).Draining(), new EndpointManifest(webs[3]).Draining()),
        Service(12).Endpoints(new EndpointManifest(webs[0]).Failing()),
        Service(13).Endpoints(new EndpointManifest(webs[0]).Failing(), webs[3]).InternalLocal(),
    ];

    /// <summary>What each kind of address gives on node a: the backends, or the errno.</summary>
    private static IEnumerable<TestCaseData<int, string, string>> Matrix() =>
    [
        new(1, "web-1 web-2 web-3 web-4", "web-1 web-2 web-3 web-4") { TestName = "policies Cluster" },
        new(2, "web-1 web-2", "web-1 web-2 web-3 web-4") { TestName = "internal Local, some here" },
        new(3, "ETIMEDOUT", "web-3 web-4") { TestName = "internal Local, none here: dropped" },
        new(4, "ECONNREFUSED", "ECONNREFUSED") { TestName = "internal Local, none at all: rejected" },
        new(5, "web-1 web-2 web-3 web-4", "web-1 web-2 web-3 web-4") { TestName = "external Local, some here: short-circuit" },
        new(6, "web-3 web-4", "web-3 web-4") { TestName = "external Local, none here: short-circuit" },
        new(7, "ECONNREFUSED", "ECONNREFUSED") { TestName = "external Local, none at all: rejected" },
        new(8, "ETIMEDOUT", "web-3 web-4") { TestName = "both Local, none here" },
        new(9, "web-1", "web-3") { TestName = "internal Local, a draining one here: each set falls back by itself" },
        new(10, "web-3", "web-3") { TestName = "one draining, one ready: the ready one" },
        new(11, "web-1 web-4", "web-1 web-4") { TestName = "all draining: they stand in" },
        new(12, "ECONNREFUSED", "ECONNREFUSED") { TestName = "none serves: rejected" },
        new(13, "ETIMEDOUT", "web-4") { TestName = "internal Local, one here that does not serve: dropped" },
    ];

    [TestCaseSource(nameof(Matrix))]
    public async Task Policies_EachKindOfAddress_GivesItsBackends(int service, string clusterIp, string external)
    {
        // 60 draws miss one of four backends once in ten million times.
        var ask = $"""
            for address, port in ('10.96.3.{service}', 80), ('fd00:10:96::3:{service}', 80), ('198.51.100.{service}', 80), \
                    ('198.51.100.{100 + service}', 80), ('172.18.0.2', {30100 + service}), ('fd00:172:18::2', {30100 + service}):
                print(*sorted(set(attempt(lambda: greeting(address, port)) for _ in range(60))))
            """;

        var fromPod = await Client.PythonAsync(ask);
        var fromHost = await Cluster.NodeA.PythonAsync(ask);

        string[] expected = [clusterIp, clusterIp, external, external, external, external];
        Assert.That(fromPod.Split('\n'), Is.EqualTo(expected));
        Assert.That(fromHost.Split('\n'), Is.EqualTo(expected));
    }

    [Test]
    public async Task Policy_ChangesWhileTheDaemonRuns_IsObeyed()
    {
        var service = new ServiceManifest("changing", "10.96.3.50").Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[2]);
        await using var client = Client.OpenPython();
        Cluster.Manifests.Apply(service);
        await RunningCluster.SeesAsync(client, "10.96.3.50", "web-3");

        Cluster.Manifests.Apply(service.InternalLocal());
        await RunningCluster.SeesAsync(client, "10.96.3.50", "ETIMEDOUT");
        Cluster.Manifests.Apply(service);

        await RunningCluster.SeesAsync(client, "10.96.3.50", "web-3");
    }

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.3.{number}", $"fd00:10:96::3:{number}")
        .Port(80, ServerPorts.Greeting, nodePort: 30100 + number)
        .ExternalIps($"198.51.100.{number}").LoadBalancer($"198.51.100.{100 + number}");
}
