namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>Addresses are texts here: what the tools say goes back to them as it is.</summary>
internal static class Families
{
    public static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);

    public static bool IsIPv4(string address) => address.Length > 0 && !IsIPv6(address);

    /// <summary>An address and a port, as they stand in a URL.</summary>
    public static string WithPort(string address, int port) => IsIPv6(address) ? $"[{address}]:{port}" : $"{address}:{port}";
}
