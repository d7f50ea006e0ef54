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
        [new(TrafficPolicy.Cluster, [.. backends.Select(backend => Address(backend)).Select(backend => new Backend(backend.Ip, backend.Port))], NoBackendVerdict.Reject)]);

    internal static FrontendAddress Address(string text, Protocol protocol = Protocol.Tcp)
    {
        var colon = text.LastIndexOf(':');
        return new(IpAddress.Parse(text[..colon].Trim('[', ']')), ushort.Parse(text[(colon + 1)..]), protocol);
    }
}
