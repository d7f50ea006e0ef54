using System.Text;

namespace KubeProxyNext.Laboratory;

public sealed partial record ServiceManifest
{
    private string Type => !Ingress.IsEmpty ? "LoadBalancer" : Ports.Any(port => port.NodePort != 0) ? "NodePort" : "ClusterIP";

    /// <summary>The YAML documents.</summary>
    public override string ToString() => string.Join("---\n", ClusterIps.Select(Slice).Prepend(Service()));

    private string Service()
    {
        var text = new StringBuilder($"""
            apiVersion: v1
            kind: Service
            metadata: {Metadata(Name, Annotations)}
            spec:
              type: {Type}
              clusterIP: "{ClusterIps[0]}"
              clusterIPs: [{Quoted(ClusterIps)}]
              ipFamilies: [{string.Join(", ", ClusterIps.Select(Family))}]
              ports:

            """);
        foreach (var port in Ports)
        {
            text.Append($"  - {{name: {port.Name}, port: {port.Port}, nodePort: {port.NodePort}, protocol: {port.Protocol}}}\n");
        }

        foreach (var (field, value) in Spec)
        {
            text.Append($"  {field}: {value}\n");
        }

        text.Append($"status: {{loadBalancer: {{ingress: [{string.Join(", ", Ingress)}]}}}}\n");
        return text.ToString();
    }

    private string Slice(string clusterIp)
    {
        var family = Family(clusterIp);
        var text = new StringBuilder($"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {Metadata($"{Name}-{family.ToLowerInvariant()}", SliceAnnotations, $"labels: {{kubernetes.io/service-name: {Name}}}")}
            addressType: {family}
            ports:

            """);
        foreach (var port in Ports)
        {
            text.Append($"- {{name: {port.Name}, port: {port.Target}, protocol: {port.Protocol}}}\n");
        }

        text.Append(Listed.IsEmpty ? "endpoints: []\n" : "endpoints:\n");
        foreach (var endpoint in Listed)
        {
            text.Append($"- {endpoint.ToYaml(family)}\n");
        }

        return text.ToString();
    }

    private static string Family(string address) => address.Contains(':') ? "IPv6" : "IPv4";

    private static string Quoted(IEnumerable<string> texts) => string.Join(", ", texts.Select(text => $"\"{text}\""));

    private static string Metadata(string name, IEnumerable<string> annotations, params IEnumerable<string> more) =>
        $"{{{string.Join(", ", [$"name: {name}", "namespace: default", $"annotations: {{{string.Join(", ", annotations)}}}", .. more])}}}";
}
