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
        (set.Range, set.Content, set.BackendIds) = (range, content, ids);
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
        foreach (var id in port.Sets[(int)content.Policy].BackendIds.Except(ids))
        {
            _maps.LeaveSet(id, content.Policy);
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

    // Nobody asks for them any more.
    private void ClearSets(PortState<TAddress> port, ServicePortPlan plan)
    {
        foreach (var set in port.Sets)
        {
            if (set.Content != BackendSet.Empty(set.Content.Policy) && !HasSet(plan, set.Content.Policy))
            {
                WriteSet(port, BackendSet.Empty(set.Content.Policy), NoBackends);
            }
        }
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

    // What left the sets goes, unless the rules of behaviour 6.1 let sockets keep it.
    private void RetireBackends(PortState<TAddress> port, Dictionary<(IpAddress Ip, ushort Port), uint> before, ServicePortPlan plan)
    {
        if (before.Count == 0)
        {
            return;
        }

        var inSets = new HashSet<uint>(port.Sets.SelectMany(set => set.BackendIds));
        port.Retained = null;
        foreach (var (address, id) in before)
        {
            if (inSets.Contains(id))
            {
                continue;
            }

            if (IsRetained(plan, address))
            {
                (port.Retained ??= [])[address] = id;
            }
            else
            {
                RetireBackend(id);
            }
        }
    }

    // Where nothing serves any more, flows go on in the hope that something still answers.
    private static bool IsRetained(ServicePortPlan plan, (IpAddress Ip, ushort Port) address)
    {
        var servesNobody = plan.Protocol == Protocol.Udp && plan.Retained.IsEmpty;
        foreach (var set in plan.Sets)
        {
            servesNobody &= set.Backends.IsEmpty;
        }

        foreach (var backend in plan.Retained)
        {
            if (backend.Ip == address.Ip && backend.Port == address.Port)
            {
                return true;
            }
        }

        return servesNobody;
    }

    // Twice: a program that had read the slot before may note the first end for a beginning.
    private void RetireBackend(uint id)
    {
        _maps.EndGeneration(id);
        _reclaimer.Retire(() =>
        {
            _maps.EndGeneration(id);
            _maps.BackendIds.Return(id);
        });
    }
}
