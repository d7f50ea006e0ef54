namespace KubeProxyNext.Laboratory;

/// <summary>A ServiceCIDR object: networks whose addresses belong to Services, and to nobody else.</summary>
public sealed record ServiceCidrManifest(string Name, params IReadOnlyList<string> Networks)
{
    /// <summary>The YAML document.</summary>
    public override string ToString() => $$"""
        apiVersion: networking.k8s.io/v1
        kind: ServiceCIDR
        metadata: {name: {{Name}}}
        spec:
          cidrs: [{{string.Join(", ", Networks.Select(network => $"\"{network}\""))}}]
        """;
}
