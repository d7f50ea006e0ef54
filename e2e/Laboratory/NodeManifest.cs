namespace KubeProxyNext.Laboratory;

/// <summary>A Node object with the node's real addresses.</summary>
/// <param name="Zone">Where it stands; null where it does not say.</param>
public sealed record NodeManifest(Node Node, string? Zone = null)
{
    private string Labels => Zone is null ? "{}" : $"{{topology.kubernetes.io/zone: {Zone}}}";

    /// <summary>The YAML document.</summary>
    public override string ToString() => $$"""
        apiVersion: v1
        kind: Node
        metadata: {name: {{Node.Name}}, labels: {{Labels}} }
        status:
          addresses:
          - {type: InternalIP, address: "{{Node.IPv4}}"}
          - {type: InternalIP, address: "{{Node.IPv6}}"}
        """;
}
