using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public void Apply(ServicePlan plan)
    {
        try
        {
            ApplyPorts(plan);
        }
        catch (MapFullException) when (!_reclaimer.IsIdle)
        {
            // What was freed lately may be enough; it only has to be waited for.
            _reclaimer.Drain();
            ApplyPorts(plan);
        }
    }

    // The states change step by step with the maps, so that they tell the truth also where a step fails.
    private void ApplyPorts(ServicePlan plan)
    {
        if (!_services.TryGetValue(plan.Name, out var ports))
        {
            ports = new(1);
        }

        MapFullException? full = null;
        foreach (var portPlan in plan.Ports)
        {
            if (portPlan.Family == Family)
            {
                full = TryApplyPort(plan.Name, ports, portPlan) ?? full;
            }
        }

        if (full is not null)
        {
            throw full;
        }

        for (var i = ports.Count - 1; i >= 0; i--)
        {
            if (!IsPlanned(plan, ports[i]))
            {
                RemovePort(ports[i]);
                ports.RemoveAt(i);
            }
        }

        if (ports.Count == 0)
        {
            _services.Remove(plan.Name);
        }
    }

    private MapFullException? TryApplyPort(ObjectName service, List<PortState<TAddress>> ports, ServicePortPlan plan)
    {
        try
        {
            ApplyPort(PortFor(plan, service, ports), plan);
            return null;
        }
        catch (MapFullException full)
        {
            return full;
        }
    }

    private bool IsPlanned(ServicePlan plan, PortState<TAddress> port)
    {
        foreach (var portPlan in plan.Ports)
        {
            if (portPlan.Family == Family && port.Is(portPlan))
            {
                return true;
            }
        }

        return false;
    }

    private PortState<TAddress> PortFor(ServicePortPlan plan, ObjectName service, List<PortState<TAddress>> ports)
    {
        foreach (var known in ports)
        {
            if (known.Is(plan))
            {
                return known;
            }
        }

        var port = Adopt(plan) ?? new(plan.PortName, plan.Protocol, _maps.ServiceIds.Take());
        ports.Add(port);
        _services[service] = ports;
        return port;
    }

    private void ApplyPort(PortState<TAddress> port, ServicePortPlan plan)
    {
        var before = HeldBy(port);
        try
        {
            WriteSets(port, plan);
            WriteFrontends(port, plan);
            RemoveFrontends(port, plan);
            while (port.Sets.Count > plan.Sets.Count)
            {
                RetireSet(port.Sets[^1]);
                port.Sets.RemoveAt(port.Sets.Count - 1);
            }

            port.IsRenewing = false;
        }
        finally
        {
            // A set may be written where the next step fails: what it had before is gone all the same.
            RetireBackends(port, before);
        }
    }

    private void WriteFrontends(PortState<TAddress> port, ServicePortPlan plan)
    {
        var options = (uint)(plan.AffinityTimeout?.TotalSeconds ?? 0);
        foreach (var frontend in plan.Frontends)
        {
            var key = new FrontendKey<TAddress>(frontend.Address, frontend.Scope);
            var target = new FrontendTarget(port.Sets[frontend.Set].Id, port.Service, options);
            if (_maps.Frontends.Find(key) != target)
            {
                _maps.Frontends.Set(key, target);
            }

            _recovered.Frontends.Remove(key);
            if (!port.Frontends.Contains(key))
            {
                port.Frontends.Add(key);
            }
        }
    }

    private void RemoveFrontends(PortState<TAddress> port, ServicePortPlan? plan)
    {
        for (var i = port.Frontends.Count - 1; i >= 0; i--)
        {
            var key = port.Frontends[i];
            if (plan is null || !Wants(plan, key))
            {
                RemoveFrontend(key, port.Service);
                port.Frontends.RemoveAt(i);
            }
        }
    }

    // Another Service may have taken the address over meanwhile; then it is not ours to remove.
    private void RemoveFrontend(FrontendKey<TAddress> key, uint service)
    {
        if (_maps.Frontends.Find(key)?.Service == service)
        {
            _maps.Frontends.Remove(key);
        }
    }

    private static bool Wants(ServicePortPlan plan, FrontendKey<TAddress> key)
    {
        foreach (var frontend in plan.Frontends)
        {
            if (new FrontendKey<TAddress>(frontend.Address, frontend.Scope) == key)
            {
                return true;
            }
        }

        return false;
    }

    private void RemovePort(PortState<TAddress> port)
    {
        var backends = HeldBy(port);
        RemoveFrontends(port, plan: null);
        foreach (var set in port.Sets)
        {
            RetireSet(set);
        }

        port.Sets.Clear();
        RetireBackends(port, backends);
        _reclaimer.Retire(() => _maps.ServiceIds.Return(port.Service));
    }
}
