using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Telemetry;

/// <summary>
/// Reads what the programs count, from the pinned maps, whether or not a daemon runs. Counting goes on meanwhile: each value is
/// true, all of them together are not of one instant.
/// </summary>
public static class CounterReader
{
    // FLOW_WAYS.
    private const int FlowWays = 15;

    /// <summary>The counters of each family that has maps below <paramref name="bpffs"/>; empty where nothing is pinned.</summary>
    /// <exception cref="BpfException">A map may not be read.</exception>
    public static IReadOnlyList<FamilyCounters> Read(string bpffs) =>
        [.. Enum.GetValues<IpFamily>().Select(family => Read(family, FoldersOf(bpffs, family))).OfType<FamilyCounters>()];

    /// <summary>The same without what each service port has counted, which there may be many of: connections, refusals and traffic are 0.</summary>
    /// <exception cref="BpfException">A map may not be read.</exception>
    public static IReadOnlyList<FamilyCounters> ReadReasons(string bpffs) =>
        [.. Enum.GetValues<IpFamily>().Select(family => ReadReasons(family, FoldersOf(bpffs, family))).OfType<FamilyCounters>()];

    // There are two folders while a resized or rebuilt dataplane is filled beside the one at work; the new one has counted nothing.
    private static string[] FoldersOf(string bpffs, IpFamily family) =>
        Directory.Exists(bpffs) ? Directory.GetDirectories(bpffs, $"ipv{(int)family}-*") : [];

    private static FamilyCounters? Read(IpFamily family, string[] folders)
    {
        if (ReadReasons(family, folders) is not { } counters)
        {
            return null;
        }

        var services = folders.SelectMany(ReadServices).Aggregate(
            (Connections: 0UL, Refused: 0UL), (sum, one) => (sum.Connections + one.Connections, sum.Refused + one.Refused));
        var traffic = folders.SelectMany(ReadTraffic).Aggregate(
            default(ServiceTraffic), (sum, one) => new(sum.ToBackends + one.ToBackends, sum.ToClients + one.ToClients));
        return counters with
        {
            Connections = services.Connections,
            Refused = services.Refused,
            ToBackends = traffic.ToBackends,
            ToClients = traffic.ToClients,
        };
    }

    private static FamilyCounters? ReadReasons(IpFamily family, string[] folders)
    {
        if (folders.Length == 0)
        {
            return null;
        }

        var byReason = folders.SelectMany(ReadReasonsOf).GroupBy(pair => pair.Key).ToDictionary(
            group => group.Key, group => group.Aggregate(0UL, (sum, pair) => sum + pair.Value));
        return new(family, 0, 0, default, default, Add(folders.Select(ReadFlows)), byReason);
    }

    private static IEnumerable<ServiceCounters> ReadServices(string folder)
    {
        using var map = PinnedMap.Open(Path.Combine(folder, "service_counters"));
        for (var index = 0; index < map.MaxEntries; index++)
        {
            yield return map.Read<ServiceCounters>(index);
        }
    }

    private static IEnumerable<ServiceTraffic> ReadTraffic(string folder)
    {
        var path = Path.Combine(folder, "service_traffic");
        if (!File.Exists(path))
        {
            // Of a build before there was any.
            yield break;
        }

        using var map = PinnedMap.Open(path);
        for (var index = 0; index < map.MaxEntries; index++)
        {
            yield return map.Read<ServiceTraffic>(index);
        }
    }

    private static FlowUse Add(IEnumerable<FlowUse> folders) => folders.Aggregate(
        default(FlowUse), (sum, one) => new(sum.Entries + one.Entries, sum.Capacity + one.Capacity, sum.Connections + one.Connections));

    private static FlowUse ReadFlows(string folder)
    {
        string flows = Path.Combine(folder, "flows"), gauges = Path.Combine(folder, "flow_gauges");
        if (!File.Exists(flows) || !File.Exists(gauges))
        {
            return default;
        }

        using PinnedMap table = PinnedMap.Open(flows), found = PinnedMap.Open(gauges);
        var value = found.Read<FlowGaugesValue>(0);
        return new(value.Entries, (ulong)table.MaxEntries * FlowWays, value.Connections);
    }

    private static IEnumerable<KeyValuePair<Counter, ulong>> ReadReasonsOf(string folder)
    {
        using var map = PinnedMap.Open(Path.Combine(folder, "counters"));
        foreach (var counter in Enum.GetValues<Counter>())
        {
            yield return new(counter, map.ReadPerCpu((int)counter).Aggregate(0UL, (sum, value) => sum + value));
        }
    }
}
