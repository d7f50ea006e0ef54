namespace KubeProxyNext.EndToEnd.Policies;

/// <summary>A node may be put into another zone while its daemon runs.</summary>
internal sealed class ZoneChangeTests : ClusterFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("zones", "10.96.4.20").Port(80, ServerPorts.Greeting).Endpoints(
            new EndpointManifest(webs[0]).ForZones("zone-a"), new EndpointManifest(webs[2]).ForZones("zone-b")),
    ];

    [Test]
    public async Task Node_GetsAnotherZone_ItsClientsFollow()
    {
        await using var client = Client.OpenPython();
        await RunningCluster.SeesAsync(client, "10.96.4.20", "web-1");

        Cluster.Manifests.Apply(new NodeManifest(Cluster.NodeA, "zone-b"));

        await RunningCluster.SeesAsync(client, "10.96.4.20", "web-3");
    }
}
