using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    /// <inheritdoc/>
    public (ObjectName Service, string PortName)? FindServicePort(uint id)
    {
        lock (_inUse)
        {
            foreach (var (name, ports) in _services)
            {
                foreach (var port in ports)
                {
                    if (port.Service == id)
                    {
                        return (name, port.PortName);
                    }
                }
            }
        }

        return null;
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
        || (plan.Protocol == Protocol.Udp && port.Frontends.Exists(frontend => frontend.Key.Protocol != 0 && !Wants(plan, frontend.Key)));

    // The port that a renewed one takes the place of; it may have waited for that since an earlier plan that did not fit.
    private void RemoveReplaced(PortState<TAddress> port, List<PortState<TAddress>> ports, ServicePortPlan plan)
    {
        for (var i = ports.Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(ports[i], port) && ports[i].Protocol == port.Protocol && ports[i].PortName == port.PortName)
            {
                HandOver(ports[i], port, plan);
                ports.RemoveAt(i);
            }
        }
    }

    private void HandOver(PortState<TAddress> old, PortState<TAddress> port, ServicePortPlan plan)
    {
        if (plan.DestroysSockets)
        {
            (port.Former ??= []).AddRange(TakeBackendsOf(old));
            DestroyFormer(port, plan, areFresh: true);
        }

        RemovePort(old);
    }

    // Connected sockets keep their backends by these ids, so the ids are not for others yet.
    private List<FormerBackend> TakeBackendsOf(PortState<TAddress> old)
    {
        var taken = old.Former ?? [];
        foreach (var ((ip, number), id) in BackendIdsOf(old))
        {
            EndGeneration(id);
            taken.Add(new(ip, number, id));
        }

        (old.Former, old.Retained) = (null, null);
        Array.ForEach(old.Sets, set => set.BackendIds = []);
        return taken;
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

        port.Former?.ForEach(backend => RetireBackend(backend.Id));
        _maps.EndTraffic(port.Service);
        _reclaimer.Retire(() =>
        {
            _maps.SourceRanges.Remove(port.Service, port.SourceRanges ?? []);
            _maps.ServiceIds.Return(port.Service);
        });
    }
}
