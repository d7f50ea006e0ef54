namespace KubeProxyNext.Laboratory;

/// <summary>What a laboratory has beside nodes and pods, and how they are connected.</summary>
public sealed record Topology
{
    /// <summary>
    /// Hosts outside of the cluster, by name, behind a router that becomes the nodes' default way. Without any there is no router, and the nodes
    /// know no way but to each other.
    /// </summary>
    public IReadOnlyList<string> Outside { get; init; } = [];

    /// <summary>How pods hang on their node.</summary>
    public PodAttachment Pods { get; init; } = PodAttachment.Bridge;

    /// <summary>
    /// The UDP port of a VXLAN between the nodes, as of flannel (8472) or by the standard (4789), in which packets between pods of different nodes
    /// go, of 1450 bytes at most. Null: they go as they are.
    /// </summary>
    public int? VxlanPort { get; init; }

    /// <summary>
    /// Whether what nodes and pods send to a Service, and nobody translated, goes their default way as to any address, instead of being refused on
    /// the spot. What comes to a node from outside is refused in any case.
    /// </summary>
    public bool ServicesLeaveNodes { get; init; }

    internal bool HasRouter => Outside.Count > 0;
}
