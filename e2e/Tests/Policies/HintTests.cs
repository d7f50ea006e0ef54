namespace KubeProxyNext.EndToEnd.Policies;

/// <summary>Hints keep clients near (behaviour 3.4): on their node, else in their zone, else wherever.</summary>
internal sealed class HintTests : ClusterFixture
{
    private const string All = "web-1 web-2 web-3 web-4";

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service("zones", 1).Endpoints(
            Zoned(webs[0], "zone-a"), Zoned(webs[1], "zone-b"), Zoned(webs[2], "zone-a", "zone-b"), Zoned(webs[3], "zone-c")),
        Service("one-without", 2).Endpoints(Zoned(webs[0], "zone-a"), Zoned(webs[1], "zone-b"), Zoned(webs[2], "zone-a"), webs[3]),
        Service("no-such-zone", 3).Endpoints(webs.Select(web => Zoned(web, "zone-c"))),
        Service("nodes", 4).Endpoints(
            Zoned(webs[0], "zone-a").ForNodes("node-b"), Zoned(webs[1], "zone-a").ForNodes("node-a"),
            Zoned(webs[2], "zone-b").ForNodes("node-b"), Zoned(webs[3], "zone-b").ForNodes("node-c")),
        Service("nodes-fall-through", 5).Endpoints(
            Zoned(webs[0], "zone-a").ForNodes("node-c"), Zoned(webs[1], "zone-b").ForNodes("node-c"),
            Zoned(webs[2], "zone-b").ForNodes("node-c"), Zoned(webs[3], "zone-a").ForNodes("node-c")),
        Service("local-ignores-hints", 6).Endpoints(webs.Select(web => Zoned(web, "zone-c"))).InternalLocal(),
    ];

    [TestCase(1, "web-1 web-3", "web-2 web-3", Description = "each zone has its own")]
    [TestCase(2, All, All, Description = "one endpoint without a hint: hints count for nothing")]
    [TestCase(3, All, All, Description = "nothing for this zone")]
    [TestCase(4, "web-2", "web-1 web-3", Description = "each node has its own")]
    [TestCase(5, "web-1 web-4", "web-2 web-3", Description = "nothing for this node, but for its zone")]
    [TestCase(6, "web-1 web-2", "web-3 web-4", Description = "policy Local does not ask for hints")]
    public async Task Hints_ClientOnEachNode_GetsThoseForIt(int service, string onNodeA, string onNodeB)
    {
        Assert.That((await AskAsync(Client, service), await AskAsync(Cluster.NodeB, service)), Is.EqualTo((onNodeA, onNodeB)));
    }

    /// <summary>60 draws miss one of four backends once in ten million times.</summary>
    private static Task<string> AskAsync(Place client, int service) =>
        client.PythonAsync($"print(*sorted(set(greeting('10.96.4.{service}', 80) for _ in range(60))))");

    private static EndpointManifest Zoned(Pod pod, params IEnumerable<string> zones) => new EndpointManifest(pod).ForZones(zones);

    private static ServiceManifest Service(string name, int number) => new ServiceManifest(name, $"10.96.4.{number}").Port(80, ServerPorts.Greeting);
}
