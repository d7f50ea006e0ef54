namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>SCTP, which no socket hook sees: whoever asks is served by packets.</summary>
internal sealed class SctpFromOutsideTests() : OutsideFixture(OutsideCluster.Plain with { ServicesLeaveNodes = true })
{
    private const int Port = 9899;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs[2]),
        Service(2).Backends(webs[0]),
        Service(3).Backends(webs[0]).ExternalLocal(),
        Service(4).Backends(),
    ];

    protected override async Task PrepareAsync()
    {
        await Sctp.ServeAsync(Cluster.Webs[0], Port);
        await Sctp.ServeAsync(Cluster.Webs[2], Port);
    }

    [TestCase("198.51.100.1", "web-3 node")]
    [TestCase("2001:db8:100::1", "web-3 node")]
    [TestCase("198.51.100.2", "web-1 node")]
    [TestCase("198.51.100.3", "web-1 itself")]
    [TestCase("2001:db8:100::3", "web-1 itself")]
    [TestCase("198.51.100.4", "ECONNREFUSED")]
    public async Task Outside_IsAnswered(string vip, string expected) =>
        Assert.That(Seen(await Sctp.AskAsync(Client, vip, Port), Client), Is.EqualTo(expected));

    [TestCase(1, "web-3 node")]
    [TestCase(2, "web-1 node")]
    [TestCase(3, "web-1 itself")]
    [TestCase(4, "ECONNREFUSED")]
    public async Task Outside_NodePort_IsAnswered(int service, string expected)
    {
        var answers = await Task.WhenAll(new[] { Cluster.NodeA.IPv4, Cluster.NodeA.IPv6 }.Select(node => Sctp.AskAsync(Client, node, 30970 + service)));

        Assert.That(answers.Select(answer => Seen(answer, Client)), Is.All.EqualTo(expected));
    }

    [TestCase("10.96.26.1", "web-3")]
    [TestCase("fd00:10:96::e:1a1", "web-3")]
    [TestCase("10.96.26.2", "web-1", Description = "at the bridge of the pod")]
    [TestCase("fd00:10:96::e:1a2", "web-1")]
    [TestCase("10.96.26.4", "ECONNREFUSED")]
    public async Task PodAndHost_AreAnswered(string clusterIp, string backend)
    {
        string[] names =
        [
            (await Sctp.AskAsync(Cluster.Lab["pod-a"], clusterIp, Port)).Split(' ')[0],
            (await Sctp.AskAsync(Cluster.NodeA, clusterIp, Port)).Split(' ')[0],
        ];

        Assert.That(names, Is.All.EqualTo(backend));
    }

    private static string Seen(string answer, Place client) => answer.Split(' ') is [var name, var address, _]
        ? $"{name} {(address == client.IPv4 || address == client.IPv6 ? "itself" : "node")}"
        : answer;

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.26.{number}", $"fd00:10:96::e:1a{number}")
        .Port(Port, Port, "SCTP", 30970 + number).LoadBalancer($"198.51.100.{number}").LoadBalancer($"2001:db8:100::{number}");
}
