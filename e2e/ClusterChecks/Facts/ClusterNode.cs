using System.Text.Json.Nodes;

namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>A node of the cluster, by its addresses in the docker network.</summary>
internal sealed record ClusterNode(string Name, bool IsControlPlane, string IPv4, string? IPv6)
{
    /// <summary>The address of a family, where there is one.</summary>
    public string? At(Family family) => family == Family.IPv4 ? IPv4 : IPv6;

    /// <summary>Reads what kubectl says of all nodes; those without an address yet are left out. Workers come by name.</summary>
    public static IReadOnlyList<ClusterNode> Read(string json) =>
        [.. Json.Items(json).Select(Of).OfType<ClusterNode>().OrderBy(node => node.Name, StringComparer.Ordinal)];

    private static ClusterNode? Of(JsonNode node)
    {
        var labels = node["metadata"]!["labels"]?.AsObject();
        var addresses = (node["status"]?["addresses"]?.AsArray() ?? []).Where(one => $"{one!["type"]}" == "InternalIP").Select(one => $"{one!["address"]}").ToList();
        return addresses.Find(Families.IsIPv4) is not { } v4
            ? null
            : new($"{node["metadata"]!["name"]}", labels?.ContainsKey("node-role.kubernetes.io/control-plane") == true, v4, addresses.Find(Families.IsIPv6));
    }
}
