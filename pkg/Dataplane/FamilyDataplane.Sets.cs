using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    private static readonly Dictionary<(IpAddress Ip, ushort Port), uint> NoBackends = [];

    // Everything that can fail comes before the flip: a set is written whole, or not at all.
    private void WriteSet(PortState<TAddress> port, BackendSet content, Dictionary<(IpAddress Ip, ushort Port), uint> before)
    {
        var set = port.Sets[(int)content.Policy];
        var taken = new List<uint>();
        var range = _maps.SlotRanges.Take(content.SlotCount, set.Range.Count);
        uint[] ids;
        try
        {
            ids = BackendIdsFor(port, content, before, taken);
        }
        catch
        {
            _maps.SlotRanges.Return(range);
            taken.ForEach(_maps.BackendIds.Return);
            throw;
        }

        Flip(port, content, range, ids);
        RetireRange(set.Range);
        (set.Range, set.Content, set.BackendIds, set.IsOutdated) = (range, content, ids, false);
    }

    private void Flip(PortState<TAddress> port, BackendSet content, SlotRange range, uint[] ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            _maps.JoinSet(ids[i], content.Policy, content.Backends[i].Weight);
        }

        for (var slot = 0; slot < range.Count; slot++)
        {
            var backend = content.BackendAt(slot);
            _maps.WriteSlot(range.First + slot, content.Backends[backend], SetId.Of(port.Service, content.Policy), ids[backend]);
        }

        _maps.WriteSet(SetId.Of(port.Service, content.Policy), range, content.IfEmpty);
        LeaveSet(port.Sets[(int)content.Policy], ids);
    }

    private void LeaveSet(SetState set, uint[] staying)
    {
        if (set.BackendIds.Length == 0)
        {
            return;
        }

        var stay = new HashSet<uint>(staying);
        foreach (var id in set.BackendIds)
        {
            if (!stay.Contains(id))
            {
                _maps.LeaveSet(id, set.Content.Policy);
            }
        }
    }

    // A backend keeps its id within its service port, whichever of the port's sets it is in, and while sockets keep it though none has it.
    private uint[] BackendIdsFor(
        PortState<TAddress> port, BackendSet content, Dictionary<(IpAddress Ip, ushort Port), uint> before, List<uint> taken)
    {
        var other = port.Sets[1 - (int)content.Policy];
        var ids = new uint[content.Backends.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            var address = (content.Backends[i].Ip, content.Backends[i].Port);
            if (!before.TryGetValue(address, out ids[i]) && !TryFind(other, address, out ids[i]))
            {
                taken.Add(ids[i] = _maps.TakeBackendId());
            }
        }

        return ids;
    }

    // Only what the other set was given in this same run is looked for here, which is rare.
    private static bool TryFind(SetState set, (IpAddress Ip, ushort Port) address, out uint id)
    {
        for (var i = 0; i < set.BackendIds.Length; i++)
        {
            if (set.Content.Backends[i].Ip == address.Ip && set.Content.Backends[i].Port == address.Port)
            {
                id = set.BackendIds[i];
                return true;
            }
        }

        id = 0;
        return false;
    }

    // All that the port has, whether in a set or kept by sockets alone.
    private static Dictionary<(IpAddress Ip, ushort Port), uint> BackendIdsOf(PortState<TAddress> port)
    {
        var ids = port.Retained is { } retained ? new(retained) : NoBackends;
        foreach (var set in port.Sets)
        {
            for (var i = 0; i < set.BackendIds.Length; i++)
            {
                ids = ReferenceEquals(ids, NoBackends) ? new(set.BackendIds.Length) : ids;
                ids[(set.Content.Backends[i].Ip, set.Content.Backends[i].Port)] = set.BackendIds[i];
            }
        }

        return ids;
    }

    private void ClearSets(PortState<TAddress> port, ServicePortPlan plan)
    {
        foreach (var set in port.Sets)
        {
            if (set.Content != BackendSet.Empty(set.Content.Policy) && !HasSet(plan, set.Content.Policy))
            {
                Vacate(port, set);
            }
        }
    }

    // A program may have read a frontend before it changed and come for this set now: it finds what was there until it has ended.
    private void Vacate(PortState<TAddress> port, SetState set)
    {
        var (policy, range) = (set.Content.Policy, set.Range);
        LeaveSet(set, []);
        (set.Range, set.Content, set.BackendIds, set.IsOutdated) = (default, BackendSet.Empty(policy), [], true);
        _reclaimer.Retire(() =>
        {
            if (set.IsOutdated)
            {
                _maps.WriteSet(SetId.Of(port.Service, policy), default, NoBackendVerdict.Reject);
                set.IsOutdated = false;
            }

            _maps.SlotRanges.Return(range);
        });
    }

    private static bool HasSet(ServicePortPlan plan, TrafficPolicy policy)
    {
        foreach (var set in plan.Sets)
        {
            if (set.Policy == policy)
            {
                return true;
            }
        }

        return false;
    }

    private void RetireRange(SlotRange range)
    {
        if (range.Count > 0)
        {
            _reclaimer.Retire(() => _maps.SlotRanges.Return(range));
        }
    }
}
