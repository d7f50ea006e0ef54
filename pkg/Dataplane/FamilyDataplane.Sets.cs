using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    private static readonly Dictionary<(IpAddress Ip, ushort Port), uint> NoBackends = [];

    // Sets that are written already stay as they are; those that the plan does not have are the last.
    private void WriteSets(PortState<TAddress> port, ServicePortPlan plan)
    {
        if (!port.IsRenewing && MustRenew(port, plan))
        {
            Renew(port, plan.Sets.Count);
        }

        var known = BackendIdsOf(port, port.IsRenewing ? plan.Sets.Count : port.Sets.Count);
        for (var i = 0; i < plan.Sets.Count; i++)
        {
            if (i == port.Sets.Count)
            {
                port.Sets.Add(new(_maps.TakeSetId()));
            }

            if (port.Sets[i].Content != plan.Sets[i])
            {
                var replaced = port.IsRenewing && i + plan.Sets.Count < port.Sets.Count ? port.Sets[i + plan.Sets.Count] : port.Sets[i];
                WriteSet(port.Sets[i], plan.Sets[i], replaced.Range.Count, known, i > 0 ? BackendIdsOf(port, i) : NoBackends);
            }
        }
    }

    // Unconnected sockets keep the backend of a frontend for as long as the backend is there. Where a frontend goes and its backends
    // stay, they would go on to dial it, whoever has the address then. So all backends get new ids, and the frontends that stay get
    // new sets: a program that is still at the old frontend finds the old ids, and those are ended.
    private static bool MustRenew(PortState<TAddress> port, ServicePortPlan plan)
    {
        if (plan.Protocol == Protocol.Udp)
        {
            foreach (var key in port.Frontends)
            {
                if (!Wants(plan, key))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void Renew(PortState<TAddress> port, int count)
    {
        var fresh = new List<SetState>(count);
        try
        {
            while (fresh.Count < count)
            {
                fresh.Add(new(_maps.TakeSetId()));
            }
        }
        catch (MapFullException)
        {
            fresh.ForEach(set => _maps.SetIds.Return(set.Id));
            throw;
        }

        port.Sets.InsertRange(0, fresh);
        port.IsRenewing = true;
    }

    // Everything that can fail comes before the flip: a set is written whole, or not at all.
    private void WriteSet(
        SetState set,
        BackendSet content,
        int replaced,
        Dictionary<(IpAddress Ip, ushort Port), uint> known,
        Dictionary<(IpAddress Ip, ushort Port), uint> shared)
    {
        var taken = new List<uint>();
        var range = _maps.SlotRanges.Take(content.Backends.Count, replaced);
        uint[] ids;
        try
        {
            ids = BackendIdsFor(content, known, shared, taken);
            for (var i = 0; i < ids.Length; i++)
            {
                _maps.WriteSlot(range.First + i, content.Backends[i], set.Id, ids[i]);
            }
        }
        catch
        {
            _maps.SlotRanges.Return(range);
            taken.ForEach(_maps.BackendIds.Return);
            throw;
        }

        _maps.WriteSet(set.Id, range, content.IfEmpty);
        RetireRange(set.Range);
        (set.Range, set.Content, set.BackendIds) = (range, content, ids);
    }

    // A backend keeps its id within its service port, whichever of the port's sets it is in.
    private uint[] BackendIdsFor(
        BackendSet content,
        Dictionary<(IpAddress Ip, ushort Port), uint> known,
        Dictionary<(IpAddress Ip, ushort Port), uint> shared,
        List<uint> taken)
    {
        var ids = new uint[content.Backends.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            var address = (content.Backends[i].Ip, content.Backends[i].Port);
            if (!known.TryGetValue(address, out ids[i]) && !shared.TryGetValue(address, out ids[i]))
            {
                taken.Add(ids[i] = _maps.TakeBackendId());
            }
        }

        return ids;
    }

    private static Dictionary<(IpAddress Ip, ushort Port), uint> BackendIdsOf(PortState<TAddress> port, int sets)
    {
        var ids = NoBackends;
        foreach (var set in CollectionsMarshal.AsSpan(port.Sets)[..Math.Min(sets, port.Sets.Count)])
        {
            for (var i = 0; i < set.BackendIds.Length; i++)
            {
                ids = ReferenceEquals(ids, NoBackends) ? [] : ids;
                ids[(set.Content.Backends[i].Ip, set.Content.Backends[i].Port)] = set.BackendIds[i];
            }
        }

        return ids;
    }

    private void RetireSet(SetState set)
    {
        RetireRange(set.Range);
        _reclaimer.Retire(() => _maps.SetIds.Return(set.Id));
    }

    private void RetireRange(SlotRange range)
    {
        if (range.Count > 0)
        {
            _reclaimer.Retire(() => _maps.SlotRanges.Return(range));
        }
    }

    private static uint[] HeldBy(PortState<TAddress> port) =>
        port.Sets.Count == 0 ? [] : [.. port.Sets.SelectMany(set => set.BackendIds).Distinct()];

    private void RetireBackends(PortState<TAddress> port, uint[] before)
    {
        if (before.Length == 0)
        {
            return;
        }

        var kept = new HashSet<uint>(port.Sets.SelectMany(set => set.BackendIds));
        foreach (var id in before)
        {
            if (!kept.Contains(id))
            {
                RetireBackend(id);
            }
        }
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
