namespace KubeProxyNext.EndToEnd.ClusterIp;

/// <summary>Every backend gets its share.</summary>
internal sealed class BalanceTests : ClusterFixture
{
    private const int Connections = 10_000;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        new ServiceManifest("four", "10.96.0.50", "fd00:10:96::50").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo, "UDP").Backends(webs),
        new ServiceManifest("three", "10.96.0.51").Port(80, ServerPorts.Greeting).Backends(webs.Take(3)),
    ];

    [TestCase("10.96.0.50", 4)]
    [TestCase("10.96.0.51", 3)]
    [TestCase("fd00:10:96::50", 4)]
    public async Task Tcp_ManyConnections_EachBackendGetsItsShare(string address, int backends)
    {
        var names = await Client.PythonAsync($"""
            for _ in range({Connections}):
                print(greeting('{address}', 80))
            """);

        AssertEvenShares(names, backends);
    }

    [Test]
    public async Task Udp_ManySockets_EachBackendGetsItsShare()
    {
        var names = await Client.PythonAsync($"""
            for _ in range({Connections}):
                with udp('10.96.0.50') as s:
                    s.sendto(b'', ('10.96.0.50', 7))
                    print(s.recv(100).decode())
            """);

        AssertEvenShares(names, backends: 4);
    }

    /// <summary>Four standard deviations of the binomial distribution: a fair choice fails once in about 4,000 runs.</summary>
    private static void AssertEvenShares(string names, int backends)
    {
        var shares = names.Split('\n').CountBy(name => name.Trim()).ToDictionary();
        var (expected, p) = (Connections / (double)backends, 1.0 / backends);
        var tolerance = 4 * Math.Sqrt(Connections * p * (1 - p));

        Assert.That(shares, Has.Count.EqualTo(backends));
        Assert.That(shares.Values.Sum(), Is.EqualTo(Connections));
        Assert.That(shares.Values, Is.All.EqualTo(expected).Within(tolerance), string.Join(", ", shares));
    }
}
