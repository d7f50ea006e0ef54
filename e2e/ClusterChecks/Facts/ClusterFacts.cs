namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>All that checks have to know of a cluster.</summary>
/// <param name="PodIPs">The addresses of each pod.</param>
/// <param name="Outside">The container that is no part of it.</param>
internal sealed record ClusterFacts(
    IReadOnlyList<ClusterNode> Nodes,
    IReadOnlyDictionary<string, ServiceFacts> Services,
    IReadOnlyDictionary<string, IReadOnlyList<string>> PodIPs,
    Outside Outside)
{
    public ClusterNode ControlPlane => Nodes.First(node => node.IsControlPlane);

    public ClusterNode Worker1 => Nodes.First(node => !node.IsControlPlane);

    public ClusterNode Worker2 => Nodes.Where(node => !node.IsControlPlane).ElementAt(1);

    /// <summary>The families in which everything has an address.</summary>
    public IEnumerable<Family> Families => new[] { Family.IPv4, Family.IPv6 }.Where(family =>
        Nodes.All(node => node.At(family) is not null) && Services["web"].At(family) is not null && Outside.At(family) is not null);

    /// <summary>Reads the addresses of pods out of what kubectl says of them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadPods(string json) => Json.Items(json).ToDictionary(
        pod => $"{pod["metadata"]!["name"]}",
        IReadOnlyList<string> (pod) => [.. (pod["status"]?["podIPs"]?.AsArray() ?? []).Select(one => $"{one!["ip"]}")]);

    public string PodIP(string pod, Family family) =>
        PodIPs[pod].FirstOrDefault(family == Family.IPv4 ? Facts.Families.IsIPv4 : Facts.Families.IsIPv6) ?? "";
}
