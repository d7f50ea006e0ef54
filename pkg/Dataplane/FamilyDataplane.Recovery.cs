using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public void RemoveUnclaimed()
    {
        foreach (var key in _recovered.Frontends.Keys)
        {
            _maps.Frontends.Remove(key);
        }

        var inUse = _services.Values.SelectMany(ports => ports).SelectMany(port => port.Sets).SelectMany(set => set.BackendIds).ToHashSet();
        foreach (var backend in _recovered.Sets.SelectMany(set => set.BackendIds).Where(inUse.Add))
        {
            RetireBackend(backend);
        }

        foreach (var (service, port) in _recovered.Services)
        {
            Array.ForEach(port.Sets, set => RetireRange(set.Range));
            _reclaimer.Retire(() => _maps.ServiceIds.Return(service));
        }

        _recovered.Frontends.Clear();
        _recovered.Services.Clear();
    }

    // Reads the maps as the applied state. What no frontend leads to is free, so a leak of a crash ends here; programs may still read
    // what the earlier process took away last.
    private Recovered<TAddress> Recover()
    {
        _gracePeriod.Wait();
        var recovered = new Recovered<TAddress>();
        foreach (var (key, target) in _maps.Frontends.Recover())
        {
            recovered.Frontends[key] = target;
            if (!recovered.Services.TryGetValue(target.Service, out var port))
            {
                port = new([ReadSet(target.Service, TrafficPolicy.Cluster), ReadSet(target.Service, TrafficPolicy.Local)]);
                recovered.Services[target.Service] = port;
            }

            port.Frontends.Add(key);
        }

        _maps.ServiceIds.Reserve(recovered.Services.Keys.ToHashSet());
        _maps.SlotRanges.Reserve(recovered.Sets.Select(set => set.Range).Where(range => range.Count > 0));
        var backends = recovered.Sets.SelectMany(set => set.BackendIds).ToHashSet();
        _maps.BackendIds.Reserve(backends);
        _maps.EndGenerationsExcept(backends);
        return recovered;
    }

    private SetState ReadSet(uint service, TrafficPolicy policy)
    {
        var value = new SetValue(_maps.Sets[(int)SetId.Of(service, policy)]);
        var slots = new SlotValue<TAddress>[value.Range.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = _maps.Slots[value.Range.First + i];
        }

        var backends = slots.Select(slot => (Id: slot.Backend, Backend: slot.ToBackend() with { Weight = _maps.Backends[(int)slot.Backend].Weight }))
            .Distinct().OrderBy(entry => entry.Backend.Ip).ThenBy(entry => entry.Backend.Port).ToArray();
        return new(policy)
        {
            Range = value.Range,
            Content = new(policy, [.. backends.Select(entry => entry.Backend)], value.IfEmpty, LayoutOf(slots, backends)),
            BackendIds = [.. backends.Select(entry => entry.Id)],
        };
    }

    private static ValueArray<ushort> LayoutOf(SlotValue<TAddress>[] slots, (uint Id, Backend Backend)[] backends)
    {
        var places = backends.Select((entry, place) => (entry.Id, place)).ToDictionary(entry => entry.Id, entry => (ushort)entry.place);
        ushort[] layout = [.. slots.Select(slot => places[slot.Backend])];
        return layout.SequenceEqual(Enumerable.Range(0, backends.Length).Select(place => (ushort)place)) ? default : [.. layout];
    }

    // The state that the maps hold for this service port already, by the frontends that it wants; null where they hold none. It takes
    // all that the service port has, also what it does not want any more: that stays in force until it is applied.
    private PortState<TAddress>? Adopt(ServicePortPlan plan)
    {
        foreach (var frontend in plan.Frontends)
        {
            if (_recovered.Frontends.TryGetValue(new(frontend.Address), out var target)
                && _recovered.Services.Remove(target.Service, out var recovered))
            {
                var port = new PortState<TAddress>(plan.PortName, plan.Protocol, target.Service)
                {
                    Sets = recovered.Sets,
                    HasAffinity = target.AffinitySeconds > 0,
                };
                port.Frontends.AddRange(recovered.Frontends);
                recovered.Frontends.ForEach(key => _recovered.Frontends.Remove(key));
                return port;
            }
        }

        return null;
    }
}
