namespace KubeProxyNext.Laboratory;

/// <summary>A Node object with the node's real addresses, and those of its pods.</summary>
/// <param name="Zone">Where it stands; null where it does not say.</param>
public sealed record NodeManifest(Node Node, string? Zone = null)
{
    private string Taints { get; init; } = "[]";

    private string Deleted { get; init; } = "";

    /// <summary>The same Node with a taint.</summary>
    public NodeManifest Tainted(string key) => this with { Taints = $"[{{key: {key}, effect: NoSchedule}}]" };

    /// <summary>The same Node, about to be deleted.</summary>
    public NodeManifest Leaving() => this with { Deleted = ", deletionTimestamp: \"2026-01-01T00:00:00Z\"" };

    private string Labels => Zone is null ? "{}" : $"{{topology.kubernetes.io/zone: {Zone}}}";

    /// <summary>The YAML document.</summary>
    public override string ToString() => $$"""
        apiVersion: v1
        kind: Node
        metadata: {name: {{Node.Name}}, labels: {{Labels}}{{Deleted}} }
        spec: {taints: {{Taints}}, podCIDRs: ["{{Node.PodRangeV4}}", "{{Node.PodRangeV6}}"]}
        status:
          addresses:
          - {type: InternalIP, address: "{{Node.IPv4}}"}
          - {type: InternalIP, address: "{{Node.IPv6}}"}
        """;
}
