using System.Collections.Frozen;
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

        foreach (var backend in _recovered.Sets.SelectMany(set => set.BackendIds).Distinct())
        {
            RetireBackend(backend);
        }

        foreach (var (service, port) in _recovered.Services)
        {
            Array.ForEach(port.Sets, set => RetireRange(set.Range));
            port.Former.ForEach(backend => RetireBackend(backend.Id));
            _maps.EndTraffic(service);
            _reclaimer.Retire(() =>
            {
                _maps.SourceRanges.Remove(service, port.SourceRanges ?? []);
                _maps.ServiceIds.Return(service);
            });
        }

        _recovered.Frontends.Clear();
        _recovered.Services.Clear();
    }

    // Reads the maps as the applied state. What no frontend leads to is free, so a leak of a crash ends here; programs may still read
    // what the earlier process took away last. Others may have written what cannot be: that counts as not there.
    private Recovered<TAddress> Recover()
    {
        _gracePeriod.Wait();
        var recovered = new Recovered<TAddress>();
        var sets = new SetRecovery<TBucket, TAddress>(_maps);
        foreach (var (key, target) in _maps.Frontends.Recover())
        {
            if (target.Service >= _maps.ServiceIds.Capacity)
            {
                _maps.Frontends.Remove(key);
                continue;
            }

            recovered.Frontends[key] = target;
            if (!recovered.Services.TryGetValue(target.Service, out var port))
            {
                port = new([sets.Read(target.Service, TrafficPolicy.Cluster), sets.Read(target.Service, TrafficPolicy.Local)]);
                recovered.Services[target.Service] = port;
            }

            port.Frontends.Add((key, target));
        }

        _maps.ServiceIds.Reserve(recovered.Services.Keys.ToHashSet());
        _maps.SlotRanges.Reserve(recovered.Sets.Select(set => set.Range).Where(range => range.Count > 0));
        RecoverSourceRanges(recovered);
        RecoverBackends(recovered);
        return recovered;
    }

    private void RecoverSourceRanges(Recovered<TAddress> recovered)
    {
        foreach (var ranges in _maps.SourceRanges.Recover())
        {
            if (recovered.Services.TryGetValue(ranges.Key, out var port))
            {
                port.SourceRanges = [.. ranges];
            }
            else
            {
                _maps.SourceRanges.Remove(ranges.Key, ranges);
            }
        }
    }

    private void RecoverBackends(Recovered<TAddress> recovered)
    {
        var backends = recovered.Sets.SelectMany(set => set.BackendIds).ToHashSet();
        var connected = _maps.EndGenerationsExcept(backends, _carryOver?.FindLive() ?? FrozenSet<uint>.Empty);
        if (connected.Count > 0)
        {
            RecoverFormer(recovered, connected);
        }

        backends.UnionWith(recovered.Services.Values.SelectMany(port => port.Former).Select(backend => backend.Id));
        _maps.BackendIds.Reserve(backends);
    }

    // A backend that no set has, and sockets all the same, belongs to the service port that has the address which they dialled: service
    // ids may have passed on meanwhile.
    private void RecoverFormer(Recovered<TAddress> recovered, HashSet<uint> connected)
    {
        foreach (var entry in _maps.Sockets.Entries().Where(entry => connected.Contains(entry.Backend)))
        {
            if (ServiceAt(recovered, entry) is { } service && connected.Remove(entry.Backend))
            {
                recovered.Services[service].Former.Add(new(entry.BackendAddr.ToIpAddress(), entry.BackendPort.Value, entry.Backend));
            }
        }
    }

    private static uint? ServiceAt(Recovered<TAddress> recovered, in SocketEntryValue<TAddress> entry)
    {
        var dialled = new FrontendAddress(entry.FrontendAddr.ToIpAddress(), entry.FrontendPort.Value, (Protocol)entry.Protocol);
        return recovered.Frontends.TryGetValue(new(dialled), out var target)
            || recovered.Frontends.TryGetValue(new(dialled with { Ip = default(TAddress).ToIpAddress() }), out target)
            ? target.Service
            : null;
    }

    // The state that the maps hold for this service port already, by the frontends that it wants; null where they hold none. It takes
    // all that the service port has, also what it does not want any more: that stays in force until it is applied. The rest of a
    // ClusterIP is the Service's, and passes from port to port.
    private PortState<TAddress>? Adopt(ServicePortPlan plan)
    {
        foreach (var frontend in plan.Frontends)
        {
            if (frontend.Kind != FrontendKind.ClusterIPRest
                && _recovered.Frontends.TryGetValue(new(frontend.Address), out var target)
                && _recovered.Services.Remove(target.Service, out var recovered))
            {
                var port = new PortState<TAddress>(plan.PortName, plan.Protocol, target.Service)
                {
                    Sets = recovered.Sets,
                    HasAffinity = target.AffinitySeconds > 0,
                    SourceRanges = recovered.SourceRanges,
                    Former = recovered.Former.Count > 0 ? recovered.Former : null,
                };
                port.Frontends.AddRange(recovered.Frontends);
                recovered.Frontends.ForEach(frontend => _recovered.Frontends.Remove(frontend.Key));
                return port;
            }
        }

        return null;
    }
}
