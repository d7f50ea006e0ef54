namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>A node that knows none of its neighbours yet serves the first packet even so.</summary>
internal sealed class FirstPacketTests : OutsideFixture
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("remote", "10.96.21.1", "fd00:10:96::e:151").Port(80, ServerPorts.Greeting, nodePort: 30821)
            .Port(7, ServerPorts.Echo, "UDP", 30827).Backends(webs[2]),
    ];

    [Test]
    public async Task Neighbour_NotKnown_IsAskedFor()
    {
        foreach (var address in new[] { Cluster.NodeA.IPv4, Cluster.NodeA.IPv6 })
        {
            await ForgetNeighboursAsync();
            var tcp = await Client.PythonAsync($"print(attempt(lambda: greeting('{address}', 30821)))");
            await ForgetNeighboursAsync();
            var udp = await Client.PythonAsync($"print(attempt(lambda: echo(connected_udp('{address}', 30827))))");

            Assert.That((tcp, udp), Is.EqualTo(("web-3", "web-3")), address);
        }
    }

    private async Task ForgetNeighboursAsync()
    {
        foreach (var family in new[] { "-4", "-6" })
        {
            await Cluster.NodeA.IpAsync(family, "neighbour", "flush", "all");
        }
    }
}
