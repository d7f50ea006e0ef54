namespace KubeProxyNext.Netlink;

/// <summary>What there is in one network namespace. A list that did not change is the same object as in the state before.</summary>
/// <param name="Links">By index.</param>
/// <param name="DefaultRouteLinks">Indexes of the links that carry a default route (<see cref="DefaultRoutes"/>), sorted.</param>
/// <param name="Addresses">Of all links, sorted.</param>
public sealed record NetworkState(IReadOnlyList<Link> Links, IReadOnlyList<int> DefaultRouteLinks, IReadOnlyList<LocalAddress> Addresses);
