using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    // What left the sets goes, unless the rules of behaviour 6.1 let sockets keep it.
    private void RetireBackends(PortState<TAddress> port, Dictionary<(IpAddress Ip, ushort Port), uint> before, ServicePortPlan plan)
    {
        DestroyFormer(port, plan);
        if (before.Count == 0)
        {
            return;
        }

        var inSets = new HashSet<uint>(port.Sets[0].BackendIds);
        inSets.UnionWith(port.Sets[1].BackendIds);
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
            else if (plan.DestroysSockets)
            {
                DestroyBackend(id, plan.Protocol);
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
        var servesNobody = plan.DestroysSockets && plan.Retained.IsEmpty;
        foreach (var set in plan.Sets)
        {
            servesNobody &= set.Backends.IsEmpty;
        }

        return servesNobody || IsAmong(plan.Retained, address);
    }

    private static bool IsAmong(ValueArray<Backend> backends, (IpAddress Ip, ushort Port) address)
    {
        foreach (var backend in backends)
        {
            if (backend.Ip == address.Ip && backend.Port == address.Port)
            {
                return true;
            }
        }

        return false;
    }

    // What is gone under its present id is gone under all that it had before. Ids that no socket has are not kept any longer, save
    // fresh ones: a program that still works with one may be about to connect a socket.
    private void DestroyFormer(PortState<TAddress> port, ServicePortPlan plan, bool areFresh = false)
    {
        if (port.Former is not { } former)
        {
            return;
        }

        port.Former = null;
        foreach (var backend in former)
        {
            if (plan.DestroysSockets && !IsKept(port, plan, (backend.Ip, backend.Port)))
            {
                DestroyBackend(backend.Id, plan.Protocol);
            }
            else if (plan.DestroysSockets && (areFresh || HasSockets(backend.Id, plan.Protocol)))
            {
                (port.Former ??= []).Add(backend);
            }
            else
            {
                RetireBackend(backend.Id);
            }
        }
    }

    // Whoever was connected by such an id may have gone since, while the plan stayed as it is. For after a grace period. Nobody's drift.
    private IEnumerable<Drift> ReleaseFormer()
    {
        foreach (var port in _services.Values.SelectMany(ports => ports).Where(port => port.Former is not null))
        {
            foreach (var backend in port.Former!.FindAll(backend => !HasSockets(backend.Id, port.Protocol)))
            {
                port.Former.Remove(backend);
                RetireBackend(backend.Id);
            }
        }

        return [];
    }

    private static bool IsKept(PortState<TAddress> port, ServicePortPlan plan, (IpAddress Ip, ushort Port) address) =>
        IsAmong(port.Sets[0].Content.Backends, address) || IsAmong(port.Sets[1].Content.Backends, address) || IsRetained(plan, address);

    // Twice: a program that had read the slot before may note the first end for a beginning.
    private void RetireBackend(uint id)
    {
        EndGeneration(id);
        _reclaimer.Retire(() => _maps.BackendIds.Return(id));
    }

    private void EndGeneration(uint id)
    {
        _maps.EndGeneration(id);
        _reclaimer.Retire(() => _maps.EndGeneration(id));
    }

    // And twice, since such a program may also connect one more socket to it.
    private void DestroyBackend(uint id, Protocol protocol)
    {
        MarkForDestruction(id, protocol);
        _reclaimer.Retire(() => MarkForDestruction(id, protocol));
        RetireBackend(id);
    }

    // The sweep itself begins when the plan is written, for all of it at once.
    private void MarkForDestruction(uint id, Protocol protocol)
    {
        _maps.Destroy(id);
        MarkFlows(id, protocol);
        if (HasSockets(id, protocol))
        {
            _toSweep.Add(protocol);
        }
    }

    // The table does not know connected UDP sockets that found no room in it; whether there ever were any is counted.
    private bool HasSockets(uint id, Protocol protocol) =>
        _maps.HasLiveSockets(id) || (protocol == Protocol.Udp && _maps.HasUnrecordedSockets());
}
