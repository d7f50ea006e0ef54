using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    private static readonly Dictionary<(IpAddress Ip, ushort Port), uint> NoBackends = [];

    // Everything that can fail comes before the first write: a set is written whole, or not at all.
    private void WriteSet(
        PortState<TAddress> port, SetState set, BackendSet content, Dictionary<(IpAddress Ip, ushort Port), uint> known)
    {
        var range = _maps.SlotRanges.Take(content.Backends.Count);
        uint[] ids;
        try
        {
            ids = BackendIdsFor(port, content, known);
        }
        catch (MapFullException)
        {
            _maps.SlotRanges.Return(range);
            throw;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            _maps.Slots[range.First + i] = new(content.Backends[i], set.Id, ids[i]);
        }

        _maps.WriteSet(set.Id, range, content.IfEmpty);
        RetireRange(set.Range);
        (set.Range, set.Content, set.BackendIds) = (range, content, ids);
    }

    // A backend keeps its id within its service port, whichever of the port's sets it is in.
    private uint[] BackendIdsFor(
        PortState<TAddress> port, BackendSet content, Dictionary<(IpAddress Ip, ushort Port), uint> known)
    {
        var ids = new uint[content.Backends.Count];
        var shared = port.Sets.Count > 1 ? BackendIdsOf(port) : NoBackends;
        var taken = new List<uint>();
        try
        {
            for (var i = 0; i < ids.Length; i++)
            {
                var address = (content.Backends[i].Ip, content.Backends[i].Port);
                if (!known.TryGetValue(address, out ids[i]) && !shared.TryGetValue(address, out ids[i]))
                {
                    taken.Add(ids[i] = _maps.TakeBackendId());
                }
            }
        }
        catch (MapFullException)
        {
            taken.ForEach(_maps.BackendIds.Return);
            throw;
        }

        return ids;
    }

    private static Dictionary<(IpAddress Ip, ushort Port), uint> BackendIdsOf(PortState<TAddress> port)
    {
        if (port.Sets.TrueForAll(set => set.BackendIds.Length == 0))
        {
            return NoBackends;
        }

        var ids = new Dictionary<(IpAddress, ushort), uint>();
        foreach (var set in CollectionsMarshal.AsSpan(port.Sets))
        {
            for (var i = 0; i < set.BackendIds.Length; i++)
            {
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

    private void RetireBackends(PortState<TAddress> port, Dictionary<(IpAddress Ip, ushort Port), uint> before)
    {
        if (before.Count == 0)
        {
            return;
        }

        var kept = new HashSet<uint>(port.Sets.SelectMany(set => set.BackendIds));
        foreach (var id in before.Values)
        {
            if (!kept.Contains(id))
            {
                RetireBackend(id);
            }
        }
    }

    private void RetireBackend(uint id)
    {
        _maps.EndGeneration(id);
        _reclaimer.Retire(() => _maps.BackendIds.Return(id));
    }
}
