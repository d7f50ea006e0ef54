using KubeProxyNext.ApiServer;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>Services of the same shape, all of whose endpoints are one server's.</summary>
internal sealed class BenchServices(int count, IpAddress server)
{
    /// <summary>The port of the one Service that is there for UDP.</summary>
    public const int UdpPort = 53;

    private readonly BulkLoad _load = new(count, Load.Server.Ports.Length);

    /// <summary>Ports of the dialled Service whose clients get their backend by a rule of its own.</summary>
    public static readonly IReadOnlyDictionary<int, Func<ServicePortPlan, ServicePortPlan>> Rules =
        new Dictionary<int, Func<ServicePortPlan, ServicePortPlan>>
        {
            [1001] = port => port with { AffinityTimeout = TimeSpan.FromHours(3) },
            [1002] = port => port with { Algorithm = BalancingAlgorithm.LeastConnections },
            [1003] = port => port with { Algorithm = BalancingAlgorithm.RoundRobin },
            [1004] = port => port with { Algorithm = BalancingAlgorithm.Maglev },
        };

    /// <summary>So many Services, in words.</summary>
    public static string Describe(int count) => count == 1 ? "1 Service" : $"{count:N0} Services";

    public int Count => count;

    public int Port => _load.Port;

    /// <summary>The Service that clients dial: the one in the middle.</summary>
    public IpAddress Dialled => ClusterIp(count / 2);

    public IpAddress Server => server;

    public IpAddress ClusterIp(int index) => IpAddress.Parse(_load.ClusterIp(index).ToString());

    /// <summary>What the dataplane makes of them.</summary>
    public IEnumerable<ServicePlan> Plans() => Enumerable.Range(0, count).Select(Plan);

    private ServicePlan Plan(int index)
    {
        var tcp = PortPlan(ClusterIp(index), Protocol.Tcp, Port);
        var udp = PortPlan(ClusterIp(index), Protocol.Udp, UdpPort);
        return new(new(BulkLoad.Namespace, $"svc-{index}"), index == count / 2 ? [tcp, udp, .. RulePlans(index)] : ValueArray.Create([tcp]));
    }

    private IEnumerable<ServicePortPlan> RulePlans(int index) =>
        Rules.Select(rule => rule.Value(PortPlan(ClusterIp(index), Protocol.Tcp, rule.Key) with { PortName = $"{rule.Key}" }));

    private ServicePortPlan PortPlan(IpAddress address, Protocol protocol, int port)
    {
        var frontend = new Frontend(new(address, (ushort)port, protocol), FrontendKind.ClusterIP, TrafficPolicy.Cluster, TrafficPolicy.Cluster);
        var backends = Load.Server.Ports.Select(target => new Backend(server, (ushort)target, IsLocal: true)).ToArray();
        var set = new BackendSet(TrafficPolicy.Cluster, ValueArray.Create<Backend>(backends), NoBackendVerdict.Reject);
        return new("", protocol, IpFamily.IPv4, ValueArray.Create([frontend]), ValueArray.Create([set]));
    }
}
