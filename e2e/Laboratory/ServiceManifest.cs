using System.Collections.Immutable;
using System.Text;

namespace KubeProxyNext.Laboratory;

/// <summary>
/// A Service and its EndpointSlices as a person would write them in YAML: <c>new ServiceManifest("web", "10.96.0.10").Port(80, 8080).Backends(pod)</c>.
/// There is one slice for each family of <paramref name="ClusterIps"/>.
/// </summary>
public sealed record ServiceManifest(string Name, params ImmutableArray<string> ClusterIps)
{
    private ImmutableArray<ServicePortManifest> Ports { get; init; } = [];

    private ImmutableArray<Pod> Pods { get; init; } = [];

    private string InternalPolicy { get; init; } = "Cluster";

    /// <summary>One more port; it is called after its number and protocol.</summary>
    public ServiceManifest Port(int port, int target, string protocol = "TCP") =>
        this with { Ports = Ports.Add(new($"{protocol.ToLowerInvariant()}-{port}", port, target, protocol)) };

    /// <summary>More TCP ports, each with its target.</summary>
    public ServiceManifest With(IEnumerable<(int Port, int Target)> ports) =>
        ports.Aggregate(this, (service, one) => service.Port(one.Port, one.Target));

    /// <summary>The same Service with these pods, and no others, behind it.</summary>
    public ServiceManifest Backends(params IEnumerable<Pod> pods) => this with { Pods = [.. pods] };

    /// <summary>The same Service, with backends on the client's own node only.</summary>
    public ServiceManifest InternalLocal() => this with { InternalPolicy = "Local" };

    /// <summary>The YAML documents.</summary>
    public override string ToString() => string.Join("---\n", ClusterIps.Select(Slice).Prepend(Service()));

    private string Service()
    {
        var text = new StringBuilder($"""
            apiVersion: v1
            kind: Service
            metadata: {Metadata(Name)}
            spec:
              type: ClusterIP
              clusterIP: "{ClusterIps[0]}"
              clusterIPs: [{string.Join(", ", ClusterIps.Select(ip => $"\"{ip}\""))}]
              ipFamilies: [{string.Join(", ", ClusterIps.Select(Family))}]
              internalTrafficPolicy: {InternalPolicy}
              ports:

            """);
        foreach (var port in Ports)
        {
            text.Append($"  - {{name: {port.Name}, port: {port.Port}, protocol: {port.Protocol}}}\n");
        }

        return text.ToString();
    }

    private string Slice(string clusterIp)
    {
        var family = Family(clusterIp);
        var text = new StringBuilder($"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {Metadata($"{Name}-{family.ToLowerInvariant()}", $"labels: {{kubernetes.io/service-name: {Name}}}")}
            addressType: {family}
            ports:

            """);
        foreach (var port in Ports)
        {
            text.Append($"- {{name: {port.Name}, port: {port.Target}, protocol: {port.Protocol}}}\n");
        }

        text.Append(Pods.IsEmpty ? "endpoints: []\n" : "endpoints:\n");
        foreach (var pod in Pods)
        {
            var address = family == "IPv6" ? pod.IPv6 : pod.IPv4;
            text.Append($"- {{addresses: [\"{address}\"], conditions: {{ready: true}}, nodeName: {pod.Node.Name}}}\n");
        }

        return text.ToString();
    }

    private static string Family(string address) => address.Contains(':') ? "IPv6" : "IPv4";

    private static string Metadata(string name, params IEnumerable<string> more) =>
        $"{{{string.Join(", ", [$"name: {name}", "namespace: default", .. more])}}}";
}
