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

        foreach (var set in _recovered.Sets.Values)
        {
            RetireSet(set);
            Array.ForEach(set.BackendIds, RetireBackend);
        }

        foreach (var service in _recovered.Services)
        {
            _reclaimer.Retire(() => _maps.ServiceIds.Return(service));
        }

        _recovered.Frontends.Clear();
        _recovered.Sets.Clear();
        _recovered.Services.Clear();
    }

    // Reads the maps as the applied state. What no frontend leads to is free, so a leak of a crash ends here.
    private Recovered<TAddress> Recover()
    {
        var recovered = new Recovered<TAddress>();
        foreach (var (key, target) in _maps.Frontends.Recover())
        {
            recovered.Frontends[key] = target;
            recovered.Services.Add(target.Service);
            if (!recovered.Sets.ContainsKey(target.Set))
            {
                recovered.Sets[target.Set] = ReadSet(target.Set);
            }
        }

        _maps.ServiceIds.Reserve(recovered.Services);
        _maps.SetIds.Reserve(recovered.Sets.Keys.ToHashSet());
        _maps.SlotRanges.Reserve(recovered.Sets.Values.Select(set => set.Range).Where(range => range.Count > 0));
        _maps.BackendIds.Reserve(recovered.Sets.Values.SelectMany(set => set.BackendIds).ToHashSet());
        return recovered;
    }

    private SetState ReadSet(uint id)
    {
        var value = new SetValue(_maps.Sets[(int)id]);
        var slots = new SlotValue<TAddress>[value.Range.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = _maps.Slots[value.Range.First + i];
        }

        return new(id)
        {
            Range = value.Range,
            Content = new([.. slots.Select(slot => slot.ToBackend())], value.IfEmpty),
            BackendIds = [.. slots.Select(slot => slot.Backend)],
        };
    }

    // The state that the maps hold for this service port already, by the frontends that it wants; null where they hold none.
    private PortState<TAddress>? Adopt(ServicePortPlan plan)
    {
        if (_recovered.Frontends.Count == 0)
        {
            return null;
        }

        PortState<TAddress>? port = null;
        foreach (var frontend in plan.Frontends)
        {
            var key = new FrontendKey<TAddress>(frontend.Address, frontend.Scope);
            if (!_recovered.Frontends.TryGetValue(key, out var target) || frontend.Set != (port?.Sets.Count ?? 0))
            {
                continue;
            }

            if (port is null && !_recovered.Services.Remove(target.Service))
            {
                continue;
            }

            port ??= new(plan.PortName, plan.Protocol, target.Service);
            if (_recovered.Sets.Remove(target.Set, out var set))
            {
                port.Sets.Add(set);
            }
        }

        return port;
    }
}
