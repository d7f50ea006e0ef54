namespace KubeProxyNext.Model;

/// <summary>The types of a Service, as in the API.</summary>
public enum ServiceType : byte
{
    ClusterIP,
    NodePort,
    LoadBalancer,
    ExternalName,
}

/// <summary>One entry of <c>spec.ports</c>.</summary>
/// <param name="Name">May be empty.</param>
/// <param name="NodePort">0 where there is none.</param>
public readonly record struct ServicePort(string Name, Protocol Protocol, ushort Port, ushort NodePort = 0);

/// <summary>
/// What this node needs to know of a Service, every address parsed and normalised. Whoever makes one has left out what could
/// not be parsed and has said so; defaults of the API are filled in (behaviour 1.3, 1.5, 2).
/// </summary>
public sealed record Service
{
    public required ObjectName Name { get; init; }

    /// <summary><c>metadata.uid</c>, which tells a Service from the next one of its name; empty where it is missing or is no UUID.</summary>
    public Guid Uid { get; init; }

    /// <summary><c>metadata.creationTimestamp</c>; the older of two claimants of one address wins (behaviour 2.5).</summary>
    public DateTimeOffset Created { get; init; }

    public ServiceType Type { get; init; }

    /// <summary>The IPv4 cluster IP; null when there is none, so also when headless (behaviour 1.2, 1.3).</summary>
    public IpAddress? ClusterIPv4 { get; init; }

    /// <summary>The IPv6 cluster IP; null when there is none, so also when headless (behaviour 1.2, 1.3).</summary>
    public IpAddress? ClusterIPv6 { get; init; }

    public ValueArray<ServicePort> Ports { get; init; }

    public TrafficPolicy InternalTrafficPolicy { get; init; }

    /// <summary><c>spec.externalTrafficPolicy</c> as written; when it counts is for planning to say (behaviour 2).</summary>
    public TrafficPolicy ExternalTrafficPolicy { get; init; }

    public ValueArray<IpAddress> ExternalIPs { get; init; }

    /// <summary>The load balancer's addresses in VIP mode (<c>ipMode</c> absent or <c>VIP</c>).</summary>
    public ValueArray<IpAddress> LoadBalancerIPs { get; init; }

    public ValueArray<IpNetwork> LoadBalancerSourceRanges { get; init; }

    /// <summary>How long ClientIP affinity lasts; null where <c>sessionAffinity</c> is <c>None</c>.</summary>
    public TimeSpan? AffinityTimeout { get; init; }

    /// <summary>0 where there is none.</summary>
    public ushort HealthCheckNodePort { get; init; }

    /// <summary>The annotations under <c>kube-proxy-next.io/</c>, sorted by key; all others are left out.</summary>
    public ValueArray<KeyValuePair<string, string>> Annotations { get; init; }

    public IpAddress? ClusterIP(IpFamily family) => family == IpFamily.IPv4 ? ClusterIPv4 : ClusterIPv6;
}
