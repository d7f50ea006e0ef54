namespace KubeProxyNext.Model;

/// <summary>Where a frontend's address comes from, the stronger claim first (behaviour 2.5).</summary>
public enum FrontendKind : byte
{
    ClusterIP,
    LoadBalancerIP,
    ExternalIP,

    /// <summary>On every address of the node that accepts NodePorts; the frontend itself has the zero address.</summary>
    NodePort,

    /// <summary>Whatever else is dialled at a ClusterIP: refused. Its port and protocol are 0.</summary>
    ClusterIPRest,
}

/// <summary>What a client meets where a set has no backend (behaviour 4.3, 4.8).</summary>
public enum NoBackendVerdict : byte
{
    /// <summary>Refused at once: the service port has no usable endpoint anywhere.</summary>
    Reject,

    /// <summary>Silence: there are endpoints, but policy lets this client reach none of them.</summary>
    Drop,
}

/// <summary>How a new client gets one of a set's slots.</summary>
public enum BalancingAlgorithm : byte
{
    Random,

    /// <summary>One slot after the other, in turns over all clients of this node.</summary>
    RoundRobin,

    /// <summary>Of two random slots the one whose backend has fewer live connections from this node for its weight.</summary>
    LeastConnections,

    /// <summary>By a hash of the client, into a Maglev table.</summary>
    Maglev,
}

/// <summary>Where a packet may go: an endpoint that policy and topology let through.</summary>
/// <param name="Weight">Its share of new clients, relative to its fellows; never 0 in a set.</param>
public readonly record struct Backend(IpAddress Ip, ushort Port, bool IsLocal = false, ushort Weight = 1)
{
    public override string ToString() => Ip.Family == IpFamily.IPv4 ? $"{Ip}:{Port}" : $"[{Ip}]:{Port}";
}

/// <summary>
/// The backends that a traffic policy lets clients reach; all frontends of a service port share them. Backends are sorted, so
/// equal sets are equal sequences.
/// </summary>
/// <param name="Layout">Which backend stands in which slot, by index; empty where each stands once, in order.</param>
public sealed record BackendSet(
    TrafficPolicy Policy, ValueArray<Backend> Backends, NoBackendVerdict IfEmpty, ValueArray<ushort> Layout = default)
{
    /// <summary>What is there before anything else is said: everybody is refused.</summary>
    public static BackendSet Empty(TrafficPolicy policy) => new(policy, [], NoBackendVerdict.Reject);

    public int SlotCount => Layout.IsEmpty ? Backends.Count : Layout.Count;

    /// <summary>The backend that stands in a slot.</summary>
    public int BackendAt(int slot) => Layout.IsEmpty ? slot : Layout[slot];
}

/// <summary>An address that clients dial, and which policy's set of the service port answers there.</summary>
/// <param name="Internal">For clients on this node.</param>
/// <param name="External">For clients from outside.</param>
public readonly record struct Frontend(FrontendAddress Address, FrontendKind Kind, TrafficPolicy Internal, TrafficPolicy External);

/// <summary>What this node does for one port of one Service in one family.</summary>
/// <param name="PortName">May be empty; with protocol and family it names the service port within its Service.</param>
/// <param name="Sets">At most one for each policy, and only those that a frontend names.</param>
public sealed record ServicePortPlan(
    string PortName, Protocol Protocol, IpFamily Family, ValueArray<Frontend> Frontends, ValueArray<BackendSet> Sets)
{
    /// <summary>Null where clients have no affinity.</summary>
    public TimeSpan? AffinityTimeout { get; init; }

    public BalancingAlgorithm Algorithm { get; init; }

    /// <summary>
    /// Serving endpoints that no set has: new clients do not get them, and sockets that have one keep it (behaviour 6.1). Filled
    /// only where <see cref="DestroysSockets"/>.
    /// </summary>
    public ValueArray<Backend> Retained { get; init; }

    /// <summary>Whether sockets that are connected to a backend which is gone are destroyed, so that their owner hears of it at once.</summary>
    public bool DestroysSockets { get; init; }

    /// <summary>Who may dial the frontends of kind <see cref="FrontendKind.LoadBalancerIP"/>; empty is anybody (behaviour 2.4).</summary>
    public ValueArray<IpNetwork> SourceRanges { get; init; }

    /// <summary>Whether a source range holds this node's own address.</summary>
    public bool AdmitsNode { get; init; }
}

/// <summary>What <c>healthCheckNodePort</c> is to answer (behaviour 7.2).</summary>
/// <param name="LocalEndpoints">Distinct addresses of ready endpoints on this node.</param>
public readonly record struct HealthCheck(IpFamily Family, ushort NodePort, int LocalEndpoints);

/// <summary>What this node does for one Service; without ports when it is to do nothing, so also when the Service is gone.</summary>
public sealed record ServicePlan(ObjectName Name, ValueArray<ServicePortPlan> Ports)
{
    /// <summary>At most one for each family.</summary>
    public ValueArray<HealthCheck> HealthChecks { get; init; }
}
