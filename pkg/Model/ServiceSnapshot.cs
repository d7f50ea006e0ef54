namespace KubeProxyNext.Model;

/// <summary>All that the cluster says of one Service at one moment: the unit of work.</summary>
/// <param name="Service">Null when there is none of that name, or none for this proxy; slices may exist all the same.</param>
/// <param name="Slices">Its slices, sorted by name, so that a snapshot does not depend on the order of events.</param>
public sealed record ServiceSnapshot(ObjectName Name, Service? Service, ValueArray<EndpointSlice> Slices);
