using System.Globalization;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What the maps say, as a person would write it; ids are left out, since they may be any.</summary>
internal static class MapDump
{
    internal static string[] Of<TBucket, TAddress>(FamilyDataplane<TBucket, TAddress> dataplane)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress> =>
        [.. Entries(dataplane.Maps).Select(entry => $"{entry.Key} -> {Backends(dataplane.Maps, SetId.Of(entry.Target.Service, entry.Target.Internal))}").Order(StringComparer.Ordinal)];

    internal static List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Entries<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress> => maps.Frontends.Entries();

    private static string Backends<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, uint set)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var value = new SetValue(maps.Sets[(int)set]);
        var slots = Enumerable.Range(value.Range.First, value.Range.Count).Select(slot => maps.Slots[slot]).ToArray();
        Assert.That(slots.Select(slot => slot.Set), Is.All.EqualTo(set), "every slot names its set");
        return slots.Length == 0
            ? value.IfEmpty.ToString().ToLower(CultureInfo.InvariantCulture)
            : string.Join(' ', slots.Select(slot => slot.ToBackend()));
    }
}
