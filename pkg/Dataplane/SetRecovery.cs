using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Reads sets as an earlier process left them. What somebody else has written into them since counts as not there: it is written anew when the
/// service port's plan is applied.
/// </summary>
internal sealed class SetRecovery<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps)
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    // An id is one service port's, for one backend; and the other way round.
    private readonly Dictionary<uint, (uint Service, Backend Backend)> _backends = [];
    private readonly Dictionary<(uint Service, IpAddress Ip, ushort Port), uint> _ids = [];

    internal SetState Read(uint service, TrafficPolicy policy)
    {
        var id = SetId.Of(service, policy);
        var value = new SetValue(maps.Sets[(int)id]);
        var slots = SlotsOf(value.Range).Where(slot => slot.Set == id && IsSound(slot, service)).ToArray();
        if (slots.Length == 0 && value.Range.Count > 0)
        {
            maps.WriteSet(id, default, NoBackendVerdict.Reject);
            return new(policy);
        }

        var isWhole = slots.Length == value.Range.Count;
        var backends = slots.Select(slot => (Id: slot.Backend, Backend: BackendOf(slot)))
            .Distinct().OrderBy(entry => entry.Backend.Ip).ThenBy(entry => entry.Backend.Port).ToArray();
        return new(policy)
        {
            Range = isWhole ? value.Range : default,
            Content = new(policy, [.. backends.Select(entry => entry.Backend)], value.IfEmpty, LayoutOf(slots, backends)),
            BackendIds = [.. backends.Select(entry => entry.Id)],
            IsOutdated = !isWhole,
        };
    }

    private IEnumerable<SlotValue<TAddress>> SlotsOf(SlotRange range) =>
        range.First >= 0 && range.Count <= maps.Slots.Count - range.First
            ? Enumerable.Range(range.First, range.Count).Select(slot => maps.Slots[slot])
            : [];

    private bool IsSound(SlotValue<TAddress> slot, uint service)
    {
        if (slot.Backend >= maps.Backends.Count)
        {
            return false;
        }

        var backend = BackendOf(slot);
        return (_backends.TryAdd(slot.Backend, (service, backend)) || _backends[slot.Backend] == (service, backend))
            && (_ids.TryAdd((service, backend.Ip, backend.Port), slot.Backend) || _ids[(service, backend.Ip, backend.Port)] == slot.Backend);
    }

    private Backend BackendOf(SlotValue<TAddress> slot) => slot.ToBackend() with { Weight = maps.Backends[(int)slot.Backend].Weight };

    private static ValueArray<ushort> LayoutOf(SlotValue<TAddress>[] slots, (uint Id, Backend Backend)[] backends)
    {
        var places = backends.Select((entry, place) => (entry.Id, place)).ToDictionary(entry => entry.Id, entry => (ushort)entry.place);
        ushort[] layout = [.. slots.Select(slot => places[slot.Backend])];
        return layout.SequenceEqual(Enumerable.Range(0, backends.Length).Select(place => (ushort)place)) ? default : [.. layout];
    }
}
