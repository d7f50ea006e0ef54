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
        foreach (var backend in _recovered.Sets.Values.SelectMany(set => set.BackendIds).Where(inUse.Add))
        {
            RetireBackend(backend);
        }

        foreach (var set in _recovered.Sets.Values)
        {
            RetireSet(set);
        }

        foreach (var service in _recovered.Services.Keys)
        {
            _reclaimer.Retire(() => _maps.ServiceIds.Return(service));
        }

        _recovered.Frontends.Clear();
        _recovered.Sets.Clear();
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
            recovered.Add(key, target);
            if (!recovered.Sets.ContainsKey(target.Set))
            {
                recovered.Sets[target.Set] = ReadSet(target.Set);
            }
        }

        _maps.ServiceIds.Reserve(recovered.Services.Keys.ToHashSet());
        _maps.SetIds.Reserve(recovered.Sets.Keys.ToHashSet());
        _maps.SlotRanges.Reserve(recovered.Sets.Values.Select(set => set.Range).Where(range => range.Count > 0));
        var backends = recovered.Sets.Values.SelectMany(set => set.BackendIds).ToHashSet();
        _maps.BackendIds.Reserve(backends);
        _maps.EndGenerationsExcept(backends);
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

        foreach (var frontend in plan.Frontends)
        {
            var key = new FrontendKey<TAddress>(frontend.Address, frontend.Scope);
            if (_recovered.Frontends.TryGetValue(key, out var target) && _recovered.Services.Remove(target.Service, out var keys))
            {
                return Adopt(plan, target.Service, keys);
            }
        }

        return null;
    }

    // It takes all that the service port has, also what it does not want any more: that stays in force until it is applied.
    private PortState<TAddress> Adopt(ServicePortPlan plan, uint service, List<FrontendKey<TAddress>> keys)
    {
        var port = new PortState<TAddress>(plan.PortName, plan.Protocol, service);
        foreach (var frontend in plan.Frontends)
        {
            if (frontend.Set == port.Sets.Count)
            {
                AdoptSet(port, new(frontend.Address, frontend.Scope));
            }
        }

        foreach (var key in keys)
        {
            AdoptSet(port, key);
            _recovered.Frontends.Remove(key);
            port.Frontends.Add(key);
        }

        return port;
    }

    private void AdoptSet(PortState<TAddress> port, FrontendKey<TAddress> key)
    {
        if (_recovered.Frontends.TryGetValue(key, out var target) && target.Service == port.Service
            && _recovered.Sets.Remove(target.Set, out var set))
        {
            port.Sets.Add(set);
        }
    }
}
