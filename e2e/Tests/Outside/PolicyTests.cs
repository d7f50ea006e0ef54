namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>
/// Which backends clients outside reach, and as whom those see them (behaviour 4.3, 4.4): all the same by TCP and UDP, IPv4 and IPv6.
/// </summary>
[TestFixture("plain")]
[TestFixture("overlay")]
internal sealed class PolicyTests(string network) : OutsideFixture(network == "plain" ? OutsideCluster.Plain : OutsideCluster.Overlay)
{
    // 60 draws miss one of four backends once in ten million times. Who gets no answer at all is not asked twice.
    private const string Ask = """
        def seen(action):
            who = attempt(action).split()
            return f'{who[0]} {"itself" if who[1] in OWN else "node"}' if len(who) > 1 else who[0]

        def ask_udp(address, port, wait):
            with udp(address) as s:
                s.settimeout(wait)
                s.connect((address, port))
                return echo(s)

        def ask_tcp(address, port, wait):
            with opened(address, socket.SOCK_STREAM) as s:
                s.settimeout(wait)
                s.connect((address, port))
                return s.makefile().readline().strip()

        def all_seen(ask, address, port, draws, wait):
            return ', '.join(sorted({seen(lambda: ask(address, port, wait)) for _ in range(draws)}))
        """;

    private const string AllSeeTheNode = "web-1 node, web-2 node, web-3 node, web-4 node";
    private const string OthersSeeTheNode = "web-3 node, web-4 node";
    private const string Refused = "ECONNREFUSED";
    private const string Dropped = "TimeoutError";

    protected override IEnumerable<string> Options => ["--cluster-cidr", "10.244.0.0/16,fd00:10:244::/48"];

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs),
        Service(2).Backends(webs.Skip(2)),
        Service(3).Backends(),
        Service(4).Backends(webs).ExternalLocal(),
        Service(5).Backends(webs.Skip(2)).ExternalLocal(),
        Service(6).Backends().ExternalLocal(),
        Service(7).Backends(webs).InternalLocal(),
        Service(8).Backends(webs.Skip(2)).InternalLocal(),
    ];

    private static IEnumerable<TestCaseData<int, string>> External() =>
    [
        new(1, AllSeeTheNode) { TestName = "policy Cluster, some here" },
        new(2, OthersSeeTheNode) { TestName = "policy Cluster, none here" },
        new(3, Refused) { TestName = "policy Cluster, none at all: refused" },
        new(4, "web-1 itself, web-2 itself") { TestName = "policy Local, some here: the client keeps its address" },
        new(5, Dropped) { TestName = "policy Local, none here: dropped" },
        new(6, Refused) { TestName = "policy Local, none at all: refused" },
        new(7, AllSeeTheNode) { TestName = "internal policy Local: it does not bind external addresses" },
    ];

    [TestCaseSource(nameof(External))]
    public async Task External_EachKindOfAddress_GivesItsBackends(int service, string expected)
    {
        var seen = await AskAsync(expected == Dropped, [
            ($"198.51.100.{service}", 80), ($"2001:db8:100::{service}", 80), ($"198.51.100.{100 + service}", 80),
            ($"{Cluster.NodeA.IPv4}", 30800 + service), ($"{Cluster.NodeA.IPv6}", 30800 + service),
        ]);

        Assert.That(seen, Has.Length.EqualTo(10).And.All.EqualTo(expected));
    }

    private static IEnumerable<TestCaseData<int, string>> Internal() =>
    [
        new(1, AllSeeTheNode) { TestName = "ClusterIP, some here" },
        new(2, OthersSeeTheNode) { TestName = "ClusterIP, none here" },
        new(3, Refused) { TestName = "ClusterIP, none at all: refused" },
        new(4, AllSeeTheNode) { TestName = "ClusterIP, external policy Local: it does not bind ClusterIPs" },
        new(7, "web-1 node, web-2 node") { TestName = "ClusterIP, internal policy Local, some here" },
        new(8, Dropped) { TestName = "ClusterIP, internal policy Local, none here: dropped" },
    ];

    [TestCaseSource(nameof(Internal))]
    public async Task ClusterIp_RoutedIn_GivesItsBackends(int service, string expected)
    {
        var seen = await AskAsync(expected == Dropped, [($"10.96.20.{service}", 80), ($"fd00:10:96::e:14{service}", 80)]);

        Assert.That(seen, Has.Length.EqualTo(4).And.All.EqualTo(expected));
    }

    private async Task<string[]> AskAsync(bool isDropped, IEnumerable<(string Address, int Port)> frontends)
    {
        var (draws, wait) = isDropped ? (1, "0.3") : (60, "5");
        var answers = await Client.PythonAsync($"""
            OWN = '{Client.IPv4}', '{Client.IPv6}'
            {Ask}
            for address, port in {string.Join(", ", frontends.Select(one => $"('{one.Address}', {one.Port})"))}:
                for ask in ask_tcp, ask_udp:
                    print(all_seen(ask, address, port, {draws}, {wait}))
            """);
        return answers.Split('\n');
    }

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.20.{number}", $"fd00:10:96::e:14{number}")
        .Port(80, ServerPorts.Peer, nodePort: 30800 + number).Port(80, ServerPorts.Peer, "UDP", 30800 + number)
        .ExternalIps($"198.51.100.{number}", $"2001:db8:100::{number}").LoadBalancer($"198.51.100.{100 + number}");
}
