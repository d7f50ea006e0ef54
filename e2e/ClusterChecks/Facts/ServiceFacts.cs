using System.Text.Json.Nodes;

namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>What the API server gave a Service.</summary>
internal sealed record ServiceFacts(string Name, IReadOnlyList<string> ClusterIPs, IReadOnlyDictionary<string, int> NodePorts, int HealthCheckNodePort)
{
    /// <summary>The ClusterIP of a family, where there is one.</summary>
    public string? At(Family family) => ClusterIPs.FirstOrDefault(family == Family.IPv4 ? Families.IsIPv4 : Families.IsIPv6);

    /// <summary>Reads what kubectl says of all Services.</summary>
    public static IReadOnlyDictionary<string, ServiceFacts> Read(string json) => Json.Items(json).Select(Of).ToDictionary(service => service.Name);

    private static ServiceFacts Of(JsonNode service)
    {
        var spec = service["spec"]!;
        return new(
            $"{service["metadata"]!["name"]}",
            [.. (spec["clusterIPs"]?.AsArray() ?? []).Select(address => $"{address}")],
            (spec["ports"]?.AsArray() ?? []).ToDictionary(port => $"{port!["name"]}", port => (int?)port!["nodePort"] ?? 0),
            (int?)spec["healthCheckNodePort"] ?? 0);
    }
}
