namespace KubeProxyNext.Model;

/// <summary>What this node's own Node object says.</summary>
/// <param name="Zone">The label <c>topology.kubernetes.io/zone</c>; null where it is missing or empty.</param>
/// <param name="Addresses">All <c>InternalIP</c> entries in order, then all <c>ExternalIP</c> (behaviour 1.6).</param>
/// <param name="IsLeaving">Being deleted, or tainted <c>ToBeDeletedByClusterAutoscaler</c> (behaviour 7.1).</param>
public sealed record Node(
    string Name,
    string? Zone = null,
    ValueArray<IpAddress> Addresses = default,
    ValueArray<IpNetwork> PodCidrs = default,
    bool IsLeaving = false);
