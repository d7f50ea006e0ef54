namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>
/// Beside the rules of a network plugin, connection tracking and strict reverse path filters: all see what they see with kube-proxy, and nothing that
/// they would drop.
/// </summary>
[TestFixture("plain")]
[TestFixture("overlay")]
internal sealed class NetfilterBesideTests(string network) : OutsideFixture(network == "plain" ? OutsideCluster.Plain : OutsideCluster.Overlay)
{
    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs[2]),
        Service(2).Backends(webs[0]),
        Service(3).Backends(webs[0]).ExternalLocal(),
        Service(4).Backends(),
    ];

    protected override async Task PrepareAsync()
    {
        foreach (var node in Cluster.Lab.Nodes)
        {
            await node.Netfilter.ApplyAsync(CniRules.Masquerade(node) + "\n" + CniRules.Forwarding);
            node.Tune("ipv4/conf/all/rp_filter", "1");
        }
    }

    [Test]
    public async Task Flows_OfEachKind_PassByTheRules()
    {
        var seen = await Client.PythonAsync($"""
            OWN = '{Client.IPv4}', '{Client.IPv6}'
            def who(answer):
                name, address, _ = answer.split()
                return name + (' itself' if address in OWN else ' node')
            for number in 1, 2, 3, 4:
                for address, port in ('198.51.100.%d' % number, 80), ('2001:db8:100::%d' % number, 80), ('{Cluster.NodeA.IPv4}', 30850 + number):
                    for _ in range(5):
                        print(attempt(lambda: who(peer(address, port))), attempt(lambda: who(echo(connected_udp(address, port)))))
                    if number < 4:
                        print(download(address, port + 10, 300000), upload(address, port + 10, 300000))
            """);

        var lines = seen.Split('\n').Distinct();
        Assert.That(lines, Is.EqualTo(new[]
        {
            "web-3 node web-3 node", "web-3 web-3", "web-1 node web-1 node", "web-1 web-1", "web-1 itself web-1 itself", "ECONNREFUSED ECONNREFUSED",
        }));
        foreach (var node in Cluster.Lab.Nodes)
        {
            Assert.That(await node.Netfilter.CountAsync(CniRules.Invalid), Is.Zero, $"{node.Name}: invalid");
            var filtered = (await node.RunAsync("nstat", "-az", "TcpExtIPReversePathFilter")).MustSucceed();
            Assert.That(filtered, Does.Match("IPReversePathFilter +0 "), $"{node.Name}: reverse path filter");
        }
    }

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.24.{number}", $"fd00:10:96::e:18{number}")
        .Port(80, ServerPorts.Peer, nodePort: 30850 + number).Port(80, ServerPorts.Peer, "UDP", 30850 + number)
        .Port(90, ServerPorts.Bulk, nodePort: 30860 + number)
        .LoadBalancer($"198.51.100.{number}").LoadBalancer($"2001:db8:100::{number}");
}
