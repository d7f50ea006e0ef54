using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <summary>Services with an address from outside each, all of whose backends are on another node; the one in the middle has a NodePort.</summary>
internal sealed class PacketServices(IpFamily family, int count)
{
    public const ushort Port = 80;
    public const ushort NodePort = 30080;

    /// <summary>Those of the Service with the NodePort: enough for source ports never to be scarce.</summary>
    private const int ManyBackends = 250;

    private const int FewBackends = 2;
    private const ushort TargetPort = 8080;

    private readonly PacketAddresses _addresses = new(family);

    public IEnumerable<ServicePlan> Plans() => Enumerable.Range(0, count).Select(Plan);

    private ServicePlan Plan(int number)
    {
        var isDialled = number == count / 2;
        Frontend[] frontends = isDialled
            ? [Frontend(_addresses.Vip(number), Port, FrontendKind.ExternalIP), Frontend(_addresses.Any, NodePort, FrontendKind.NodePort)]
            : [Frontend(_addresses.Vip(number), Port, FrontendKind.ExternalIP)];
        var backends = Enumerable.Range(isDialled ? 0 : FewBackends * number, isDialled ? ManyBackends : FewBackends)
            .Select(backend => new Backend(_addresses.Backend(backend % ManyBackends), TargetPort))
            .OrderBy(backend => backend.Ip);
        var set = new BackendSet(TrafficPolicy.Cluster, [.. backends], NoBackendVerdict.Reject);
        return new(new("bench", $"svc-{number}"), [new ServicePortPlan("http", Protocol.Tcp, family, [.. frontends], [set])]);
    }

    private static Frontend Frontend(IpAddress address, ushort port, FrontendKind kind) =>
        new(new(address, port, Protocol.Tcp), kind, TrafficPolicy.Cluster, TrafficPolicy.Cluster);
}
