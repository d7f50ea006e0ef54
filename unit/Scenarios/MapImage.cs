using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>One family's maps below what they mean: ids, ranges, generations.</summary>
internal static class MapImage
{
    /// <summary>
    /// All that the controller writes when a Service changes, byte for byte; without generations, which end once more when a grace
    /// period is over.
    /// </summary>
    public static byte[] Of<TBucket, TAddress>(FamilyDataplane<TBucket, TAddress> dataplane)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var maps = dataplane.Maps;
        var frontends = maps.Frontends.Entries().OrderBy(entry => entry.Key.ToAddress().ToString(), StringComparer.Ordinal).ToArray();
        var backends = All(maps.Backends);
        for (var i = 0; i < backends.Length; i++)
        {
            backends[i].Generation = 0;
        }

        return [.. Bytes(frontends), .. Bytes(All(maps.Sets)), .. Bytes(All(maps.Slots)), .. Bytes(backends)];
    }

    /// <summary>Ids, slots and ranges that are not free.</summary>
    public static IEnumerable<string> Leftovers<TBucket, TAddress>(FamilyDataplane<TBucket, TAddress> dataplane, MapCapacities capacities)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var maps = dataplane.Maps;
        return
        [
            .. maps.SourceRanges.Recover().Select(ranges => $"source ranges of {ranges.Key}"),
            .. Missing(() => Exhaust(maps.ServiceIds, capacities.Frontends)),
            .. Missing(() => Exhaust(maps.BackendIds, capacities.SlotEntries)),
            .. Missing(() => maps.SlotRanges.Return(maps.SlotRanges.Take(capacities.Slots))),
        ];
    }

    // Whoever gets all there is has proved that nobody else has any.
    private static void Exhaust(IdPool pool, int capacity)
    {
        var taken = new List<uint>(capacity);
        try
        {
            while (taken.Count < capacity)
            {
                taken.Add(pool.Take());
            }
        }
        finally
        {
            taken.ForEach(pool.Return);
        }
    }

    private static IEnumerable<string> Missing(Action takeAll)
    {
        try
        {
            takeAll();
            return [];
        }
        catch (MapFullException full)
        {
            return [full.Message];
        }
    }

    private static T[] All<T>(MappedArray<T> map)
        where T : unmanaged
    {
        var all = new T[map.Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = map[i];
        }

        return all;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
