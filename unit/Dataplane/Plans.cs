using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Plans and addresses out of the text that a person would write.</summary>
internal static class Plans
{
    /// <summary>A Service with one TCP port.</summary>
    internal static ServicePlan Plan(string name, string frontend, params string[] backends) =>
        Service(name, Port("", Protocol.Tcp, [frontend], backends));

    /// <summary>A Service with one UDP port, which is dialled at these frontends.</summary>
    internal static ServicePlan Udp(string name, string[] frontends, params string[] backends) =>
        Service(name, Port("", Protocol.Udp, frontends, backends));

    internal static ServicePlan Service(string name, params ServicePortPlan[] ports) => new(new("default", name), [.. ports]);

    /// <summary>The plan of a Service that is gone.</summary>
    internal static ServicePlan Gone(string name) => Service(name);

    internal static ServicePortPlan Port(string name, Protocol protocol, string[] frontends, params string[] backends) => new(
        name,
        protocol,
        Address(frontends[0]).Family,
        [.. frontends.Select(frontend => new Frontend(Address(frontend, protocol), FrontendKind.ClusterIP, TrafficPolicy.Cluster, TrafficPolicy.Cluster))],
        [Set(TrafficPolicy.Cluster, backends)])
    {
        DestroysSockets = protocol == Protocol.Udp,
    };

    /// <summary>A frontend of another kind than ClusterIP; clients on the node get the set of policy Cluster there.</summary>
    internal static Frontend External(FrontendKind kind, string address, TrafficPolicy outside = TrafficPolicy.Cluster, Protocol protocol = Protocol.Tcp) =>
        new(Address(address, protocol), kind, TrafficPolicy.Cluster, outside);

    internal static Frontend ClusterIP(string address, TrafficPolicy policy = TrafficPolicy.Cluster, Protocol protocol = Protocol.Tcp) =>
        new(Address(address, protocol), FrontendKind.ClusterIP, policy, policy);

    /// <summary>Whatever else is dialled at a ClusterIP.</summary>
    internal static Frontend Rest(string address) =>
        new(new(IpAddress.Parse(address), 0, 0), FrontendKind.ClusterIPRest, TrafficPolicy.Cluster, TrafficPolicy.Cluster);

    internal static BackendSet Set(TrafficPolicy policy, params string[] backends) => new(policy, Backends(backends), NoBackendVerdict.Reject);

    /// <summary>Addresses and ports, each with <c>*weight</c> where that is not 1.</summary>
    internal static ValueArray<Backend> Backends(params string[] backends) => [.. backends.Select(Backend)];

    internal static FrontendAddress Address(string text, Protocol protocol = Protocol.Tcp)
    {
        var colon = text.LastIndexOf(':');
        return new(IpAddress.Parse(text[..colon].Trim('[', ']')), ushort.Parse(text[(colon + 1)..]), protocol);
    }

    private static Backend Backend(string text)
    {
        var parts = text.Split('*');
        var address = Address(parts[0]);
        return new(address.Ip, address.Port, Weight: parts.Length > 1 ? ushort.Parse(parts[1]) : (ushort)1);
    }
}
