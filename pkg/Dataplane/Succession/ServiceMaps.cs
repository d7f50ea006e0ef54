using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// The maps that the controller writes for Services. They name each other by ids and places, and so do sockets, affinities and flows: where
/// one of them is to be another, all are, and everything keeps its id.
/// </summary>
internal static class ServiceMaps
{
    /// <summary>Those that go together.</summary>
    internal static readonly string[] Names =
    [
        "frontends", "sets", "slots", "backends", "service_counters", "service_traffic", "settings", "node_addresses", "source_ranges", "cursors",
    ];

    /// <summary>Fills new maps with what the former ones hold, as no program works on the new ones yet. What programs count comes later.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="MapFullException">The new maps are too small.</exception>
    internal static void Fill<TBucket, TAddress>(FormerMaps former, BpfObject loaded, FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        Each<ulong>(former, loaded, "sets", (id, set) => maps.Sets[id] = set);
        Each<SlotValue<TAddress>>(former, loaded, "slots", (index, slot) => maps.Slots[index] = slot);
        Each<BackendValue>(former, loaded, "backends", (id, backend) => maps.Backends[id] = backend with { Live = 0 });
        Each<ServiceTrafficValue>(former, loaded, "service_traffic", (id, traffic) => maps.BeginTraffic((uint)id, traffic.Generation));
        using (var cursors = new MappedArray<uint>(loaded.Map("cursors")))
        {
            Each<uint>(former, loaded, "cursors", (id, turns) => cursors[id] = turns);
        }

        FillFrontends(former, loaded, maps);
        FillSourceRanges(former, loaded);
        foreach (var service in maps.Frontends.Entries().Select(entry => entry.Target.Service).Distinct())
        {
            RequireRoom(maps, service);
        }
    }

    // Ids and places stay as they are, so the highest counts.
    private static void RequireRoom<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, uint service)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        if (service >= maps.ServiceIds.Capacity)
        {
            throw new MapFullException("service_counters", maps.ServiceIds.Capacity, "--max-frontends");
        }

        foreach (var policy in Enum.GetValues<TrafficPolicy>())
        {
            var range = new SetValue(maps.Sets[(int)SetId.Of(service, policy)]).Range;
            if (range.First + range.Count > maps.Slots.Count
                || Enumerable.Range(range.First, range.Count).Any(slot => maps.Slots[slot].Backend >= maps.Backends.Count))
            {
                throw new MapFullException("slots", maps.Slots.Count, "--max-slots");
            }
        }
    }

    private static void Each<TValue>(FormerMaps former, BpfObject loaded, string name, Action<int, TValue> write)
        where TValue : unmanaged
    {
        if (former.Find(name) is not { } map)
        {
            return;
        }

        var now = loaded.Map(name);
        Records.Each(map, loaded.Btf.Layout(now.KeyType), loaded.Btf.Layout(now.ValueType), (key, value) =>
        {
            // A smaller array was made so small since nobody has what lay behind.
            if (MemoryMarshal.Read<int>(key) is var index && index < now.MaxEntries)
            {
                write(index, MemoryMarshal.Read<TValue>(value));
            }
        });
    }

    // The table has another place for a key where it has another size.
    private static void FillFrontends<TBucket, TAddress>(FormerMaps former, BpfObject loaded, FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        if (former.Find("frontends") is not { } map)
        {
            return;
        }

        var typesThen = FormerMaps.TypesOf(map, loaded.Map("frontends"), loaded.Btf);

        var now = loaded.Btf.LayoutOf("frontend")!;
        var conversion = new RecordConversion(typesThen.LayoutOf("frontend")!, now);
        var options = now.Leaves.Single(leaf => leaf.Name == "options").Offset;
        var ways = new WaysOf(typesThen, "frontend_bucket", "way", "tag");
        var frontend = new byte[now.Size];
        Records.Each(map, (_, bucket) =>
        {
            for (var way = 0; way < ways.Count; way++)
            {
                if (!ways.IsFree(bucket, way))
                {
                    conversion.Convert(ways.Entry(bucket, way), frontend);
                    maps.Frontends.Set(
                        MemoryMarshal.Read<FrontendKey<TAddress>>(frontend), FrontendTarget.From(MemoryMarshal.Read<ulong>(frontend.AsSpan(options))));
                }
            }
        });
    }

    private static void FillSourceRanges(FormerMaps former, BpfObject loaded)
    {
        if (former.Find("source_ranges") is { } map)
        {
            var now = loaded.Map("source_ranges");
            Records.Each(map, loaded.Btf.Layout(now.KeyType), loaded.Btf.Layout(now.ValueType), (key, value) =>
            {
                if (!now.TryAdd(key, value))
                {
                    throw new MapFullException("source_ranges", now.MaxEntries, "--max-source-ranges");
                }
            });
        }
    }
}
