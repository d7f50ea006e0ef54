namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>
/// Whom the backend sees, and which backends there are, by who asks (behaviour 4.3 to 4.5): a pod, the host and a client outside, in each mode in which
/// pods are told from others. Pod and host ask where no socket hook sees them, so that it is their packets that are translated.
/// </summary>
[TestFixture("ClusterCIDR")]
[TestFixture("NodeCIDR")]
[TestFixture("BridgeInterface")]
[TestFixture("InterfaceNamePrefix")]
[TestFixture("masquerade-all")]
[TestFixture("none")]
internal sealed class DetectorTests(string mode) : OutsideFixture(TopologyOf(mode))
{
    private const string ClusterCidr = "10.244.0.0/16,fd00:10:244::/48";

    // 40 draws miss one of two backends once in a million million times.
    private const string Ask = """
        def seen(action):
            answer = attempt(action).split()
            return f'{answer[0]} {"itself" if answer[1] in OWN else "node"}' if len(answer) == 3 else answer[0]
        for address, port in FRONTENDS:
            for ask in peer, lambda address, port: echo(connected_udp(address, port)):
                print(', '.join(sorted({seen(lambda: ask(address, port)) for _ in range(40)})))
        """;

    private bool MasqueradesAll => mode == "masquerade-all";

    private bool Detects => mode != "none";

    /// <summary>A backend at the pod's own bridge would answer it there, past the programs, if it knew the pod's address.</summary>
    private bool SharesBridge => mode == "BridgeInterface";

    protected override IEnumerable<string> Options => mode switch
    {
        "ClusterCIDR" => ["--cluster-cidr", ClusterCidr],
        "NodeCIDR" => ["--detect-local-mode", mode],
        "BridgeInterface" => ["--detect-local-mode", mode, "--pod-bridge-interface", "cni0"],
        "InterfaceNamePrefix" => ["--detect-local-mode", mode, "--pod-interface-name-prefix", "pod"],
        "masquerade-all" => ["--cluster-cidr", ClusterCidr, "--masquerade-all"],
        _ => [],
    };

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs) =>
    [
        Service(1).Backends(webs[0]),
        Service(2).Backends(webs[2]),
        Service(3).Backends(webs[0], webs[2]).ExternalLocal(),
    ];

    [Test]
    public async Task Pod_ClusterIP() =>
        Assert.That(await AskAsync(PodA, ClusterIp(1)), Is.All.EqualTo(MasqueradesAll || SharesBridge ? "web-1 node" : "web-1 itself"));

    [Test]
    public async Task Host_ClusterIP() =>
        Assert.That(await AskAsync(HostA, ClusterIp(1)), Is.All.EqualTo(Detects ? "web-1 node" : "web-1 itself"));

    [Test]
    public async Task Outside_ClusterIP() =>
        Assert.That(await AskAsync(Client, ClusterIp(1)), Is.All.EqualTo(Detects ? "web-1 node" : "web-1 itself"));

    [Test]
    public async Task Pod_ExternalAddress_PolicyCluster() => Assert.That(await AskAsync(PodA, External(2)), Is.All.EqualTo("web-3 node"));

    [Test]
    public async Task Outside_ExternalAddress_PolicyCluster() => Assert.That(await AskAsync(Client, External(2)), Is.All.EqualTo("web-3 node"));

    [Test]
    public async Task Pod_ExternalAddress_PolicyLocal() =>
        Assert.That(
            await AskAsync(PodA, External(3)),
            Is.All.EqualTo(SharesBridge ? "web-1 node, web-3 itself" : Detects ? "web-1 itself, web-3 itself" : "web-1 itself"));

    [Test]
    public async Task Host_ExternalAddress_PolicyLocal() =>
        Assert.That(await AskAsync(HostA, Vips(3)), Is.All.EqualTo("web-1 node, web-3 itself"), "towards web-3 its address is the node's");

    [Test]
    public async Task Outside_ExternalAddress_PolicyLocal() => Assert.That(await AskAsync(Client, External(3)), Is.All.EqualTo("web-1 itself"));

    private Place PodA => Cluster.Lab["pod-a"].Aside("packets");

    private Place HostA => Cluster.NodeA.Aside("packets");

    private static Topology TopologyOf(string mode) =>
        OutsideCluster.Plain with { ServicesLeaveNodes = true, Pods = mode == "BridgeInterface" ? PodAttachment.Bridge : PodAttachment.Routed };

    private static string[] ClusterIp(int service) => [$"('10.96.28.{service}', 80)", $"('fd00:10:96::e:1c{service}', 80)"];

    private static string[] Vips(int service) => [$"('198.51.100.{service}', 80)", $"('2001:db8:100::{service}', 80)"];

    private string[] External(int service) =>
        [.. Vips(service), $"('{Cluster.NodeA.IPv4}', {30910 + service})", $"('{Cluster.NodeA.IPv6}', {30910 + service})"];

    private static async Task<string[]> AskAsync(Place who, string[] frontends) => (await who.PythonAsync($"""
        OWN, FRONTENDS = ('{who.IPv4}', '{who.IPv6}'), ({string.Join(", ", frontends)})
        {Ask}
        """)).Split('\n');

    private static ServiceManifest Service(int number) => new ServiceManifest($"service-{number}", $"10.96.28.{number}", $"fd00:10:96::e:1c{number}")
        .Port(80, ServerPorts.Peer, nodePort: 30910 + number).Port(80, ServerPorts.Peer, "UDP", 30910 + number)
        .LoadBalancer($"198.51.100.{number}").LoadBalancer($"2001:db8:100::{number}");
}
