using KubeProxyNext.EndToEnd.Outside;

namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>
/// A cluster whose node a has kube-proxy's rules of one mode, or may get them, beside those of a network plugin; and clients of each kind that
/// hold connections, or make new ones without a pause.
/// </summary>
internal abstract class SwitchFixture(string mode, string network)
{
    private static readonly string[] Families = ["IPv4", "IPv6"];

    private OutsideCluster _cluster = null!;
    private RuledService[] _services = [];

    protected Node Node => _cluster.NodeA;

    /// <summary>Those who hold connections: from outside, in a pod, on the node.</summary>
    protected Place[] Clients => [_cluster.Client, _cluster.Lab["pod-a"], Node];

    [SetUp]
    public async Task Build()
    {
        var topology = network == "plain" ? OutsideCluster.Plain : OutsideCluster.Overlay;
        _cluster = await OutsideCluster.BuildAsync(topology with { ServicesLeaveNodes = true });

        // None has the backend of another: a client's port may be the same at two, and netfilter and we do not know of each other's.
        _services = [Service(1, _cluster.Webs[2], isLocal: false), Service(2, _cluster.Webs[0], isLocal: false), Service(3, _cluster.Webs[1], isLocal: true)];
        foreach (var service in _services)
        {
            var manifest = new ServiceManifest($"service-{service.Number}", service.IPv4, service.IPv6)
                .Port(service.Port, ServerPorts.Echo, nodePort: service.NodePort).Port(service.Port, ServerPorts.Echo, "UDP", service.NodePort)
                .Backends(service.Backend);
            _cluster.Manifests.Apply(service.IsLocal ? manifest.ExternalLocal() : manifest);
        }

        await Node.Netfilter.ApplyAsync(CniRules.Masquerade(Node));
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    protected Task<Daemon> StartDaemonAsync() => _cluster.StartDaemonAsync(Node);

    /// <param name="knowingServices">False for rules as they are without a Service.</param>
    protected async Task WriteKubeProxyRulesAsync(bool knowingServices = true)
    {
        var known = knowingServices ? _services : [];
        if (mode == "nftables")
        {
            await Node.Netfilter.ApplyAsync(KubeProxyRules.Nftables(Node, known));
            return;
        }

        await Node.Netfilter.ApplyIptablesAsync(KubeProxyRules.Iptables(known, isIPv6: false));
        await Node.Netfilter.ApplyIp6tablesAsync(KubeProxyRules.Iptables(known, isIPv6: true));
    }

    /// <summary>For Python: a list of what a client dials.</summary>
    protected string Addresses(Place client) => "[" + string.Join(", ",
        from service in _services
        from family in Families
        let isIPv6 = family == "IPv6"
        select client == _cluster.Client
            ? $"('{(isIPv6 ? Node.IPv6 : Node.IPv4)}', {service.NodePort})"
            : $"('{(isIPv6 ? service.IPv6 : service.IPv4)}', {service.Port})") + "]";

    private static RuledService Service(int number, Pod backend, bool isLocal) => new(
        number, $"10.96.41.{number}", $"fd00:10:96::e:29{number}", 7, 30_740 + number, ServerPorts.Echo, backend, isLocal);
}
