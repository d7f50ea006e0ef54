using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Telemetry;

/// <summary>
/// Reads what the programs count, from the pinned maps, whether or not a daemon runs. Counting goes on meanwhile: each value is
/// true, all of them together are not of one instant.
/// </summary>
public static class CounterReader
{
    /// <summary>The counters of each family that has maps below <paramref name="bpffs"/>; empty where nothing is pinned.</summary>
    /// <exception cref="BpfException">A map may not be read.</exception>
    public static IReadOnlyList<FamilyCounters> Read(string bpffs) =>
        [.. Enum.GetValues<IpFamily>().Select(family => Read(family, FoldersOf(bpffs, family))).OfType<FamilyCounters>()];

    // There are two folders while a resized or rebuilt dataplane is filled beside the one at work; the new one has counted nothing.
    private static string[] FoldersOf(string bpffs, IpFamily family) =>
        Directory.Exists(bpffs) ? Directory.GetDirectories(bpffs, $"ipv{(int)family}-*") : [];

    private static FamilyCounters? Read(IpFamily family, string[] folders)
    {
        if (folders.Length == 0)
        {
            return null;
        }

        var services = folders.SelectMany(ReadServices).Aggregate(
            (Connections: 0UL, Refused: 0UL), (sum, one) => (sum.Connections + one.Connections, sum.Refused + one.Refused));
        var byReason = folders.SelectMany(ReadReasons).GroupBy(pair => pair.Key).ToDictionary(
            group => group.Key, group => group.Aggregate(0UL, (sum, pair) => sum + pair.Value));
        return new(family, services.Connections, services.Refused, byReason);
    }

    private static IEnumerable<ServiceCounters> ReadServices(string folder)
    {
        using var map = PinnedMap.Open(Path.Combine(folder, "service_counters"));
        for (var index = 0; index < map.MaxEntries; index++)
        {
            yield return map.Read<ServiceCounters>(index);
        }
    }

    private static IEnumerable<KeyValuePair<Counter, ulong>> ReadReasons(string folder)
    {
        using var map = PinnedMap.Open(Path.Combine(folder, "counters"));
        foreach (var counter in Enum.GetValues<Counter>())
        {
            yield return new(counter, map.ReadPerCpu((int)counter).Aggregate(0UL, (sum, value) => sum + value));
        }
    }
}
