namespace KubeProxyNext.Laboratory;

/// <summary>
/// The laboratory's numbering, the same in each, so that manifests can name it. Node <c>n</c> (from 1) is 172.18.0.(n+1), its pods live in
/// 10.244.n.0/24 behind the gateway .1, and the first pod is .11. Hosts outside are 172.19.0.11 and on. IPv6 has the same decimal digits:
/// <c>fd00:10:244:n::11</c>.
/// </summary>
internal static class Addresses
{
    /// <summary>Where tests and manifests take their ClusterIPs from.</summary>
    public const string ServiceRangeV4 = "10.96.0.0/16";

    public const string ServiceRangeV6 = "fd00:10:96::/108";

    /// <summary>The router's address among the nodes.</summary>
    public const string RouterV4 = "172.18.0.1";

    public const string RouterV6 = "fd00:172:18::1";

    /// <summary>The router's address among the hosts outside.</summary>
    public const string OutsideRouterV4 = "172.19.0.1";

    public const string OutsideRouterV6 = "fd00:172:19::1";

    private const int FirstPod = 11;
    private const int FirstOutside = 11;

    /// <summary>Above the pods' ranges of all nodes.</summary>
    public const string AllPodsV4 = "10.244.0.0/16";

    public const string AllPodsV6 = "fd00:10:244::/48";

    /// <summary>The networks of ClusterIPs.</summary>
    public static IReadOnlyList<string> ServiceRanges { get; } = [ServiceRangeV4, ServiceRangeV6];

    /// <summary>The networks of external IPs and load balancers.</summary>
    public static IReadOnlyList<string> VipRanges { get; } = ["198.51.100.0/24", "2001:db8:100::/64"];

    public static string NodeV4(int node) => $"172.18.0.{node + 1}";

    public static string NodeV6(int node) => $"fd00:172:18::{node + 1}";

    public static string OutsideV4(int host) => $"172.19.0.{FirstOutside + host}";

    public static string OutsideV6(int host) => $"fd00:172:19::{FirstOutside + host}";

    public static string PodV4(int node, int pod) => $"10.244.{node}.{FirstPod + pod}";

    public static string PodV6(int node, int pod) => $"fd00:10:244:{node}::{FirstPod + pod}";

    public static string GatewayV4(int node) => $"10.244.{node}.1";

    public static string GatewayV6(int node) => $"fd00:10:244:{node}::1";

    /// <summary>The node's own address on the overlay: the first of its pods' range, as flannel has it.</summary>
    public static string OverlayV4(int node) => $"10.244.{node}.0";

    public static string OverlayV6(int node) => $"fd00:10:244:{node}::";

    public static string PodRangeV4(int node) => $"10.244.{node}.0/24";

    public static string PodRangeV6(int node) => $"fd00:10:244:{node}::/64";
}
