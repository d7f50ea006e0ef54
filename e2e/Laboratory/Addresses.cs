namespace KubeProxyNext.Laboratory;

/// <summary>
/// The laboratory's numbering, the same in each, so that manifests can name it. Node <c>n</c> (from 1) is 172.18.0.(n+1), its pods live in
/// 10.244.n.0/24 behind the gateway .1, and the first pod is .11. IPv6 has the same decimal digits: <c>fd00:10:244:n::11</c>.
/// </summary>
internal static class Addresses
{
    /// <summary>Where tests and manifests take their ClusterIPs from.</summary>
    public const string ServiceRangeV4 = "10.96.0.0/16";

    public const string ServiceRangeV6 = "fd00:10:96::/108";

    private const int FirstPod = 11;

    public static string NodeV4(int node) => $"172.18.0.{node + 1}";

    public static string NodeV6(int node) => $"fd00:172:18::{node + 1}";

    public static string PodV4(int node, int pod) => $"10.244.{node}.{FirstPod + pod}";

    public static string PodV6(int node, int pod) => $"fd00:10:244:{node}::{FirstPod + pod}";

    public static string GatewayV4(int node) => $"10.244.{node}.1";

    public static string GatewayV6(int node) => $"fd00:10:244:{node}::1";

    public static string PodRangeV4(int node) => $"10.244.{node}.0/24";

    public static string PodRangeV6(int node) => $"fd00:10:244:{node}::/64";
}
