namespace KubeProxyNext.Model;

/// <summary>
/// What changed in the cluster since it was last asked: the newest snapshot of each Service concerned. It names the changed
/// ones alone, so that a change costs the same however many Services there are.
/// </summary>
/// <param name="Services">The newest state of every Service that changed, each once; those that are gone have no <c>Service</c>.</param>
/// <param name="Node">The newest state of this node's Node object; null until one was seen.</param>
/// <param name="IsFirst">
/// True once, for the first complete list: a Service of which the dataplane knows and which is not named here does not exist any more.
/// </param>
/// <param name="ServiceNetworks">
/// The newest union of all ServiceCIDR objects, sorted; none lies within another. Empty until some are known: they are not waited for.
/// </param>
public sealed record ClusterChanges(
    IReadOnlyList<ServiceSnapshot> Services, Node? Node, bool IsFirst, ValueArray<IpNetwork> ServiceNetworks = default)
{
    /// <summary>
    /// When what changed in slices had changed for whoever wrote them: once for each change, but none of a Service that lost a slice
    /// since (behaviour 9.4).
    /// </summary>
    public IReadOnlyList<(IpFamily Family, DateTimeOffset Time)> TriggerTimes { get; init; } = [];
}

/// <summary>Where the sync loop hears of the cluster. There is one reader.</summary>
public interface IClusterFeed
{
    /// <summary>
    /// Waits until something changed, then takes all that did; what changes later merges into the next call's answer.
    /// Nothing comes before the first complete lists of Services and EndpointSlices are in (behaviour 1.8).
    /// </summary>
    ValueTask<ClusterChanges> TakeAsync(CancellationToken cancellationToken);
}
