using System.Collections.Immutable;

namespace KubeProxyNext.Laboratory;

/// <summary>
/// A Service and its EndpointSlices as a person would write them in YAML: <c>new ServiceManifest("web", "10.96.0.10").Port(80, 8080).Backends(pod)</c>.
/// There is one slice for each family of <paramref name="ClusterIps"/>. The Service's type follows from what it has: ingress makes it a
/// LoadBalancer, else a node port makes it a NodePort.
/// </summary>
public sealed partial record ServiceManifest(string Name, params ImmutableArray<string> ClusterIps)
{
    private ImmutableArray<ServicePortManifest> Ports { get; init; } = [];

    private ImmutableArray<EndpointManifest> Listed { get; init; } = [];

    private ImmutableArray<string> Annotations { get; init; } = [];

    private ImmutableArray<string> SliceAnnotations { get; init; } = [];

    /// <summary>Further fields of the spec, in YAML's flow style.</summary>
    private ImmutableSortedDictionary<string, string> Spec { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Entries of the load balancer's status.</summary>
    private ImmutableArray<string> Ingress { get; init; } = [];

    /// <summary>One more port; it is called after its number and protocol.</summary>
    /// <param name="nodePort">0 for none.</param>
    public ServiceManifest Port(int port, int target, string protocol = "TCP", int nodePort = 0) =>
        this with { Ports = Ports.Add(new($"{protocol.ToLowerInvariant()}-{port}", port, target, protocol, nodePort)) };

    /// <summary>More TCP ports, each with its target.</summary>
    public ServiceManifest With(IEnumerable<(int Port, int Target)> ports) =>
        ports.Aggregate(this, (service, one) => service.Port(one.Port, one.Target));

    /// <summary>The same Service with these pods, all ready, and no others behind it.</summary>
    public ServiceManifest Backends(params IEnumerable<Pod> pods) => Endpoints(pods.Select(pod => new EndpointManifest(pod)));

    /// <summary>The same Service with these endpoints and no others.</summary>
    public ServiceManifest Endpoints(params IEnumerable<EndpointManifest> endpoints) => this with { Listed = [.. endpoints] };

    /// <summary>The same Service, with backends on the client's own node only.</summary>
    public ServiceManifest InternalLocal() => With("internalTrafficPolicy", "Local");

    /// <summary>The same Service, with backends on the dialled node only for clients from outside.</summary>
    public ServiceManifest ExternalLocal() => With("externalTrafficPolicy", "Local");

    /// <summary>The same Service, with a port at which load balancers ask for backends on the node.</summary>
    public ServiceManifest HealthCheckNodePort(int port) => With("healthCheckNodePort", $"{port}");

    /// <summary>The same Service with addresses from outside.</summary>
    public ServiceManifest ExternalIps(params IEnumerable<string> addresses) => With("externalIPs", $"[{Quoted(addresses)}]");

    /// <summary>The same Service with one more address of a load balancer.</summary>
    /// <param name="ipMode"><c>VIP</c>, <c>Proxy</c>, or null where the load balancer does not say.</param>
    public ServiceManifest LoadBalancer(string address, string? ipMode = "VIP") =>
        this with { Ingress = Ingress.Add($"{{ip: \"{address}\"{(ipMode is null ? "" : $", ipMode: {ipMode}")}}}") };

    /// <summary>The same Service, with a load balancer that lets only these networks in.</summary>
    public ServiceManifest SourceRanges(params IEnumerable<string> networks) => With("loadBalancerSourceRanges", $"[{Quoted(networks)}]");

    /// <summary>The same Service, which keeps each client at its backend.</summary>
    /// <param name="seconds">How long after the newest connection.</param>
    public ServiceManifest Affinity(int seconds = 10_800) =>
        With("sessionAffinity", "ClientIP").With("sessionAffinityConfig", $"{{clientIP: {{timeoutSeconds: {seconds}}}}}");

    /// <summary>The same Service with one more annotation.</summary>
    public ServiceManifest Annotated(string key, string value) => this with { Annotations = Annotations.Add($"{key}: \"{value}\"") };

    /// <summary>The same Service with weights of pods in its slices, instead of those that it had.</summary>
    public ServiceManifest Weights(params IEnumerable<(Pod Pod, int Weight)> weights)
    {
        var entries = weights.SelectMany(one => new[] { $"{one.Pod.IPv4}={one.Weight}", $"{one.Pod.IPv6}={one.Weight}" });
        return this with { SliceAnnotations = [$"kube-proxy-next.io/weights: \"{string.Join(", ", entries)}\""] };
    }

    private ServiceManifest With(string field, string value) => this with { Spec = Spec.SetItem(field, value) };
}
