using KubeProxyNext.Model;

namespace KubeProxyNext;

/// <summary>Which families this host can do (behaviour 11.3).</summary>
internal static class HostFamilies
{
    private const string Inet6 = "/proc/net/if_inet6";
    private const string Disabled = "/proc/sys/net/ipv6/conf/all/disable_ipv6";

    internal static ValueArray<IpFamily> Detect() => HasIPv6() ? [IpFamily.IPv4, IpFamily.IPv6] : [IpFamily.IPv4];

    private static bool HasIPv6() => File.Exists(Inet6) && !(File.Exists(Disabled) && File.ReadAllText(Disabled).Trim() == "1");
}
