namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>A family of IP addresses.</summary>
internal enum Family
{
    IPv4,
    IPv6,
}
