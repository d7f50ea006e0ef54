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

    // There are two folders while a resized or rebuilt dataplane takes the place of another.
    private static string[] FoldersOf(string bpffs, IpFamily family) =>
        Directory.Exists(bpffs) ? Directory.GetDirectories(bpffs, $"ipv{(int)family}-*") : [];

    // They share what has not changed, and what is carried over already is there no more.
    private static List<T> ReadMaps<T>(string[] folders, string name, Func<PinnedMap, T> read)
    {
        var (known, values) = (new HashSet<uint>(), new List<T>());
        foreach (var path in folders.Select(folder => Path.Combine(folder, name)).Where(File.Exists))
        {
            using var map = PinnedMap.Open(path);
            if (known.Add(map.Id))
            {
                values.Add(read(map));
            }
        }

        return values;
    }

    private static FamilyCounters? Read(IpFamily family, string[] folders)
    {
        if (ReadReasons(family, folders) is not { } counters)
        {
            return null;
        }

        var services = ReadMaps(folders, "service_counters", map => Each<ServiceCounters>(map).Aggregate(
            (Connections: 0UL, Refused: 0UL), (sum, one) => (sum.Connections + one.Connections, sum.Refused + one.Refused)));
        var traffic = ReadMaps(folders, "service_traffic", map => Each<ServiceTraffic>(map).Aggregate(
            default(ServiceTraffic), (sum, one) => new(sum.ToBackends + one.ToBackends, sum.ToClients + one.ToClients)))
            .Aggregate(default(ServiceTraffic), (sum, one) => new(sum.ToBackends + one.ToBackends, sum.ToClients + one.ToClients));
        return counters with
        {
            Connections = services.Aggregate(0UL, (sum, one) => sum + one.Connections),
            Refused = services.Aggregate(0UL, (sum, one) => sum + one.Refused),
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

        var byReason = Enum.GetValues<Counter>().ToDictionary(counter => counter, _ => 0UL);
        foreach (var (counter, count) in ReadMaps(folders, "counters", ReadReasonsOf).SelectMany(pairs => pairs))
        {
            byReason[counter] += count;
        }

        return new(family, 0, 0, default, default, ReadFlows(folders), byReason);
    }

    private static IEnumerable<T> Each<T>(PinnedMap map)
        where T : unmanaged => Enumerable.Range(0, map.MaxEntries).Select(map.Read<T>);

    private static FlowUse ReadFlows(string[] folders)
    {
        var capacity = ReadMaps(folders, "flows", map => (ulong)map.MaxEntries * FlowWays).Aggregate(0UL, (sum, one) => sum + one);
        var found = ReadMaps(folders, "flow_gauges", map => map.Read<FlowGaugesValue>(0));
        return found.Count == 0
            ? default
            : found.Aggregate(new FlowUse(0, capacity, 0), (sum, one) => sum with { Entries = sum.Entries + one.Entries, Connections = sum.Connections + one.Connections });
    }

    // Older builds know fewer.
    private static List<(Counter Counter, ulong Count)> ReadReasonsOf(PinnedMap map) =>
    [
        .. from counter in Enum.GetValues<Counter>()
           where (int)counter < map.MaxEntries
           select (counter, map.ReadPerCpu((int)counter).Aggregate(0UL, (sum, value) => sum + value)),
    ];
}
