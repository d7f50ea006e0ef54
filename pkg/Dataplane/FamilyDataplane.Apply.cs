using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public void Apply(ServicePlan plan)
    {
        lock (_inUse)
        {
            try
            {
                ApplyPorts(plan);
            }
            catch (MapFullException)
            {
                // What was freed lately may be enough; it only has to be waited for, and a later port of the plan may have done so.
                _reclaimer.Drain();
                ApplyPorts(plan);
            }
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
            RemoveReplaced(port, ports, plan);
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

    private void ApplyPort(PortState<TAddress> port, ServicePortPlan plan)
    {
        var before = BackendIdsOf(port);
        try
        {
            AddSourceRanges(port, plan);
            WriteSets(port, plan, before, exceptEmptied: true);
            RemoveSourceRanges(port, plan);
            WriteFrontends(port, plan);
            WriteSets(port, plan, before, exceptEmptied: false);
            RemoveFrontends(port, plan);
            ClearSets(port, plan);
            LiftSourceRanges(port, plan);
        }
        finally
        {
            // A set may be written where the next step fails: what it had before is gone all the same.
            RetireBackends(port, before, plan);
        }
    }

    // A set that ends up empty comes after the frontends where one of them leaves it for the other policy's: its clients had backends, and are
    // to have some. It takes nothing, so it cannot fail there.
    private void WriteSets(
        PortState<TAddress> port, ServicePortPlan plan, Dictionary<(IpAddress Ip, ushort Port), uint> before, bool exceptEmptied)
    {
        foreach (var set in plan.Sets)
        {
            if (port.Sets[(int)set.Policy] is var applied && (applied.Content != set || applied.IsOutdated)
                && !(exceptEmptied && set.Backends.IsEmpty && IsLeft(port, plan, set.Policy)))
            {
                WriteSet(port, set, before);
            }
        }
    }

    private bool IsLeft(PortState<TAddress> port, ServicePortPlan plan, TrafficPolicy policy)
    {
        foreach (var frontend in plan.Frontends)
        {
            if (_maps.Frontends.Find(new(frontend.Address)) is { } applied && applied.Service == port.Service
                && ((applied.Internal == policy && frontend.Internal != policy) || (applied.External == policy && frontend.External != policy)))
            {
                return true;
            }
        }

        return false;
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
                _maps.Settings.Include(frontend.Kind, frontend.Address);
                _maps.Frontends.Set(key, target);
            }

            _recovered.Frontends.Remove(key);
            port.Note(key, target);
        }
    }

    private void RemoveFrontends(PortState<TAddress> port, ServicePortPlan? plan)
    {
        for (var i = port.Frontends.Count - 1; i >= 0; i--)
        {
            var key = port.Frontends[i].Key;
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
}
