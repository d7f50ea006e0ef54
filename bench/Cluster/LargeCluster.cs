using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>What is needed for 100,000 Services, which the maps have no room for by default.</summary>
internal static class LargeCluster
{
    public const int Services = 100_000;

    public static readonly MapCapacities Capacities = new(Frontends: 1 << 17, Slots: 1 << 19);

    public static readonly string[] Arguments = ["--max-frontends", $"{Capacities.Frontends}", "--max-slots", $"{Capacities.Slots}"];
}
