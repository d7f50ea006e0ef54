using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>
/// The Service of the scenarios (behaviour 12): port 80 at a ClusterIP, a load balancer's address and an external one, and a NodePort.
/// Backends are L1 and L2 on this node, R1 and R2 on others.
/// </summary>
internal sealed record GivenService
{
    internal const string ClusterIP = "10.96.10.1:80";
    internal const string LoadBalancerIP = "203.0.113.10:80";
    internal const string ExternalIP = "203.0.113.99:80";
    internal const string NodeAddress = "192.0.2.11";
    internal const string NodePort = NodeAddress + ":30080";

    private static readonly Dictionary<string, string> Addresses = new()
    {
        ["L1"] = "10.244.1.5",
        ["L2"] = "10.244.1.6",
        ["R1"] = "10.244.2.5",
        ["R2"] = "10.244.3.5",
    };

    internal string Name { get; init; } = "web";

    internal Protocol Protocol { get; init; } = Protocol.Tcp;

    /// <summary>The set of policy Cluster (C of behaviour 3.4), each perhaps with <c>*weight</c>.</summary>
    internal string Cluster { get; init; } = "L1 R1";

    /// <summary>The set of policy Local (L of behaviour 3.4).</summary>
    internal string Local { get; init; } = "L1";

    internal TrafficPolicy InternalPolicy { get; init; }

    internal TrafficPolicy ExternalPolicy { get; init; }

    internal TimeSpan? Affinity { get; init; }

    internal BalancingAlgorithm Algorithm { get; init; }

    /// <summary>Indices of backends of the set of policy Cluster, slot by slot.</summary>
    internal ushort[] Layout { get; init; } = [];

    internal string[] SourceRanges { get; init; } = [];

    internal bool AdmitsNode { get; init; }

    /// <summary>Whether whatever else is dialled at the ClusterIP is refused by a frontend of its own.</summary>
    internal bool Rest { get; init; }

    /// <summary>The plan, as kube-proxy's rules have it for clients on the node (behaviour 4.3, 4.4).</summary>
    internal ServicePlan Plan(IpFamily family)
    {
        var ifNoneLocal = Cluster.Length + Local.Length > 0 ? NoBackendVerdict.Drop : NoBackendVerdict.Reject;
        var port = new ServicePortPlan("http", Protocol, family, [.. Frontends(family)],
            [
                new(TrafficPolicy.Cluster, Backends(family, Cluster), NoBackendVerdict.Reject, [.. Layout]),
                new(TrafficPolicy.Local, Backends(family, Local), ifNoneLocal),
            ])
        {
            AffinityTimeout = Affinity,
            Algorithm = Algorithm,
            SourceRanges = [.. SourceRanges.Select(range => FamilyText.Network(family, range))],
            AdmitsNode = AdmitsNode,
        };
        return new(new("default", Name), [port]);
    }

    internal ServicePlan Gone() => new(new("default", Name), []);

    /// <summary>L1, L2, R1, R2, or what else it is.</summary>
    internal static string NameOf(IpFamily family, IpAddress backend) =>
        Addresses.FirstOrDefault(known => FamilyText.Address(family, known.Value) == backend).Key ?? $"{backend}";

    private IEnumerable<Frontend> Frontends(IpFamily family)
    {
        yield return new(FamilyText.Frontend(family, ClusterIP, Protocol), FrontendKind.ClusterIP, InternalPolicy, InternalPolicy);
        yield return External(FrontendKind.LoadBalancerIP, LoadBalancerIP);
        yield return External(FrontendKind.ExternalIP, ExternalIP);
        yield return External(FrontendKind.NodePort, "0.0.0.0:30080");
        if (Rest)
        {
            var address = FamilyText.Frontend(family, ClusterIP, Protocol).Ip;
            yield return new(new(address, 0, 0), FrontendKind.ClusterIPRest, TrafficPolicy.Cluster, TrafficPolicy.Cluster);
        }

        Frontend External(FrontendKind kind, string at) =>
            new(FamilyText.Frontend(family, at, Protocol), kind, TrafficPolicy.Cluster, ExternalPolicy);
    }

    private static ValueArray<Backend> Backends(IpFamily family, string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Backend(family, name.Split('*')))];

    private static Backend Backend(IpFamily family, string[] nameAndWeight) => new(
        FamilyText.Address(family, Addresses[nameAndWeight[0]]), 8080,
        IsLocal: nameAndWeight[0][0] == 'L', Weight: nameAndWeight.Length > 1 ? ushort.Parse(nameAndWeight[1]) : (ushort)1);
}
