namespace KubeProxyNext.Model;

/// <summary>An IP family. Each runs as an instance of its own; nothing crosses from one to the other.</summary>
public enum IpFamily : byte
{
    IPv4 = 4,
    IPv6 = 6,
}
