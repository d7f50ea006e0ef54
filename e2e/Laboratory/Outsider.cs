namespace KubeProxyNext.Laboratory;

/// <summary>Processes that share a place's network and nothing else: their cgroup is below no node's.</summary>
internal sealed class Outsider : Place
{
    internal Outsider(Place place, string name, string cgroup)
        : base($"{place.Name}/{name}", place.IPv4, place.IPv6, place.Network, cgroup)
    {
        Surroundings = place.Surroundings;
    }

    internal override Node Surroundings { get; }
}
