namespace KubeProxyNext.Model;

/// <summary>Who asks: traffic policies may give a client on this node and one from outside different backends.</summary>
public enum Scope : byte
{
    Internal,
    External,
}

/// <summary>Where a frontend's address comes from, the stronger claim first (behaviour 2.5).</summary>
public enum FrontendKind : byte
{
    ClusterIP,
    LoadBalancerIP,
    ExternalIP,
    NodePort,
}

/// <summary>What a client meets where a set has no backend (behaviour 4.3, 4.8).</summary>
public enum NoBackendVerdict : byte
{
    /// <summary>Refused at once: the service port has no usable endpoint anywhere.</summary>
    Reject,

    /// <summary>Silence: there are endpoints, but policy lets this client reach none of them.</summary>
    Drop,
}

/// <summary>Where a packet may go: an endpoint that policy and topology let through.</summary>
public readonly record struct Backend(IpAddress Ip, ushort Port, bool IsLocal = false)
{
    public override string ToString() => Ip.Family == IpFamily.IPv4 ? $"{Ip}:{Port}" : $"[{Ip}]:{Port}";
}

/// <summary>The backends that one or more frontends of a service port share. Backends are sorted, so equal sets are equal sequences.</summary>
public sealed record BackendSet(ValueArray<Backend> Backends, NoBackendVerdict IfEmpty);

/// <summary>An address that clients dial, and which of the service port's sets answers there.</summary>
/// <param name="Set">Index into <see cref="ServicePortPlan.Sets"/>.</param>
public readonly record struct Frontend(FrontendAddress Address, Scope Scope, FrontendKind Kind, int Set);

/// <summary>What this node does for one port of one Service in one family.</summary>
/// <param name="PortName">May be empty; with protocol and family it names the service port within its Service.</param>
/// <param name="AffinityTimeout">Null where clients have no affinity.</param>
public sealed record ServicePortPlan(
    string PortName,
    Protocol Protocol,
    IpFamily Family,
    ValueArray<Frontend> Frontends,
    ValueArray<BackendSet> Sets,
    TimeSpan? AffinityTimeout = null);

/// <summary>What this node does for one Service; without ports when it is to do nothing, so also when the Service is gone.</summary>
public sealed record ServicePlan(ObjectName Name, ValueArray<ServicePortPlan> Ports);
