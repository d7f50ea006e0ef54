namespace KubeProxyNext.Laboratory;

/// <summary>What a laboratory has beside nodes and pods, and how they are connected.</summary>
public sealed record Topology
{
    /// <summary>
    /// Hosts outside of the cluster, by name, behind a router that becomes the nodes' default way. Without any there is no router, and the nodes
    /// know no way but to each other.
    /// </summary>
    public IReadOnlyList<string> Outside { get; init; } = [];
}
