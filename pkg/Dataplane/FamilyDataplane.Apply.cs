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
            var port = PortFor(plan, service, ports);
            ApplyPort(port, plan);
            RemoveReplaced(port, ports);
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
        var known = ports.Find(port => port.Is(plan));
        if (known is null)
        {
            known = Adopt(plan);
            if (known is not null)
            {
                ports.Add(known);
                _services[service] = ports;
            }
        }

        if (known is not null && !MustRenew(known, plan))
        {
            return known;
        }

        var port = new PortState<TAddress>(plan.PortName, plan.Protocol, _maps.TakeServiceId());
        ports.Insert(0, port);
        _services[service] = ports;
        return port;
    }

    // Unconnected sockets keep the backend of a frontend for as long as the backend is there. Where a frontend goes and its backends
    // stay, they would go on to dial it, whoever has the address then. And what clients had on record is to be forgotten where
    // affinity is switched off. So all ids are made anew: a program that is still at the old ones finds backends whose generation
    // has ended.
    private static bool MustRenew(PortState<TAddress> port, ServicePortPlan plan) =>
        (port.HasAffinity && plan.AffinityTimeout is null)
        || (plan.Protocol == Protocol.Udp && port.Frontends.Exists(key => !Wants(plan, key)));

    // The port that a renewed one takes the place of; it may have waited for that since an earlier plan that did not fit.
    private void RemoveReplaced(PortState<TAddress> port, List<PortState<TAddress>> ports)
    {
        for (var i = ports.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(ports[i], port) && ports[i].Protocol == port.Protocol && ports[i].PortName == port.PortName)
            {
                RemovePort(ports[i]);
                ports.RemoveAt(i);
            }
        }
    }

    private void ApplyPort(PortState<TAddress> port, ServicePortPlan plan)
    {
        var before = BackendIdsOf(port);
        try
        {
            foreach (var set in plan.Sets)
            {
                if (port.Sets[(int)set.Policy].Content != set)
                {
                    WriteSet(port, set, before);
                }
            }

            WriteFrontends(port, plan);
            RemoveFrontends(port, plan);
            ClearSets(port, plan);
        }
        finally
        {
            // A set may be written where the next step fails: what it had before is gone all the same.
            RetireBackends(port, before, plan);
        }
    }

    private void WriteFrontends(PortState<TAddress> port, ServicePortPlan plan)
    {
        port.HasAffinity |= plan.AffinityTimeout is not null;
        foreach (var frontend in plan.Frontends)
        {
            var key = new FrontendKey<TAddress>(frontend.Address);
            var target = new FrontendTarget(plan, frontend, port.Service);
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
            if (new FrontendKey<TAddress>(frontend.Address) == key)
            {
                return true;
            }
        }

        return false;
    }

    // Its connected sockets keep their backends (behaviour 6.1): a Service that goes ends no flow.
    private void RemovePort(PortState<TAddress> port)
    {
        RemoveFrontends(port, plan: null);
        foreach (var set in port.Sets)
        {
            RetireRange(set.Range);
        }

        foreach (var id in BackendIdsOf(port).Values)
        {
            RetireBackend(id);
        }

        _reclaimer.Retire(() => _maps.ServiceIds.Return(port.Service));
    }
}
