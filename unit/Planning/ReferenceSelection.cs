using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Behaviour 3.1 to 3.4 as it is written there, with no thought of speed: what the planner has to agree with.</summary>
internal static class ReferenceSelection
{
    public static BackendSet Select(ServiceSnapshot snapshot, ServicePort port, IpFamily family, NodeConfig node)
    {
        var all = Merge(snapshot, port, family);
        bool IsLocal(Endpoint e) => node.NodeName != "" && e.NodeName == node.NodeName;
        bool IsDraining(Endpoint e) => e.IsServing && e.IsTerminating;

        var hasAny = all.Values.Any(e => e.IsReady || IsDraining(e));
        var isLocalOnly = snapshot.Service!.InternalTrafficPolicy == TrafficPolicy.Local;
        var candidates = all.Where(item => !isLocalOnly || IsLocal(item.Value)).ToList();
        var isHintOk = isLocalOnly ? _ => true : HintsOf([.. all.Values.Where(e => e.IsReady)], node);
        var chosen = candidates.Where(item => item.Value.IsReady && isHintOk(item.Value)).ToList();
        if (chosen.Count == 0)
        {
            chosen = [.. candidates.Where(item => IsDraining(item.Value))];
        }

        return new BackendSet(
            isLocalOnly ? TrafficPolicy.Local : TrafficPolicy.Cluster,
            [.. chosen.Select(item => new Backend(item.Key.Ip, item.Key.Port, IsLocal(item.Value))).OrderBy(b => b.Ip).ThenBy(b => b.Port)],
            isLocalOnly && hasAny ? NoBackendVerdict.Drop : NoBackendVerdict.Reject);
    }

    private static Dictionary<(IpAddress Ip, ushort Port), Endpoint> Merge(ServiceSnapshot snapshot, ServicePort port, IpFamily family)
    {
        var merged = new Dictionary<(IpAddress, ushort), Endpoint>();
        foreach (var slice in snapshot.Slices.Where(slice => slice.Family == family))
        {
            foreach (var slicePort in slice.Ports.Where(p => p.Name == port.Name && p.Protocol == port.Protocol))
            {
                foreach (var endpoint in slice.Endpoints.Where(e => e.Ip.Family == family))
                {
                    var isNew = merged.TryAdd((endpoint.Ip, slicePort.Port), endpoint);
                    if (!isNew && !endpoint.IsTerminating)
                    {
                        merged[(endpoint.Ip, slicePort.Port)] = endpoint;
                    }
                }
            }
        }

        return merged;
    }

    private static Func<Endpoint, bool> HintsOf(IReadOnlyCollection<Endpoint> ready, NodeConfig node)
    {
        bool IsForNode(Endpoint e) => e.NodeHints.Contains(node.NodeName);
        bool IsForZone(Endpoint e) => e.ZoneHints.Contains(node.Zone!);
        if (node.NodeName != "" && ready.All(e => !e.NodeHints.IsEmpty) && ready.Any(IsForNode))
        {
            return IsForNode;
        }

        var hasZone = !string.IsNullOrEmpty(node.Zone);
        return hasZone && ready.All(e => !e.ZoneHints.IsEmpty) && ready.Any(IsForZone) ? IsForZone : _ => true;
    }
}
