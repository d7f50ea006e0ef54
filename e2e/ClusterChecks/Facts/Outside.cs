using System.Text.Json.Nodes;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>The container outside of the cluster, by its addresses in the docker network.</summary>
internal sealed record Outside(string IPv4, string? IPv6)
{
    public string? At(Family family) => family == Family.IPv4 ? IPv4 : IPv6;

    /// <summary>Reads what docker says of the container.</summary>
    /// <exception cref="LabException">It is not in the network.</exception>
    public static Outside Read(string json, string network)
    {
        var addresses = Json.Parse(json)[0]?["NetworkSettings"]?["Networks"]?[network];
        var v4 = Text(addresses?["IPAddress"]) ?? throw new LabException($"the container outside has no address in the network {network}");
        return new(v4, Text(addresses?["GlobalIPv6Address"]));
    }

    private static string? Text(JsonNode? node) => $"{node}" is { Length: > 0 } text ? text : null;
}
