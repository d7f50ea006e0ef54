using KubeProxyNext.ClusterChecks.Facts;

namespace KubeProxyNext.ClusterChecks;

/// <summary>The pods and Services that checks ask.</summary>
internal static class Workload
{
    /// <summary>The address of a load balancer in front of all pods.</summary>
    public static string FrontAddress(Family family) => family == Family.IPv4 ? "198.51.100.10" : "2001:db8:100::10";

    /// <summary>The address of a load balancer whose pods see who asks.</summary>
    public static string SeenAddress(Family family) => family == Family.IPv4 ? "198.51.100.11" : "2001:db8:100::11";

    /// <summary>The manifests, for the workers that there are.</summary>
    public static string Render(ClusterNode worker1, ClusterNode worker2, string image)
    {
        using var stream = typeof(Workload).Assembly.GetManifestResourceStream("workload.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("${worker-1}", worker1.Name, StringComparison.Ordinal)
            .Replace("${worker-2}", worker2.Name, StringComparison.Ordinal)
            .Replace("${image}", image, StringComparison.Ordinal);
    }
}
