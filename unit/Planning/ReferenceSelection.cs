using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Behaviour 3.1 to 3.4 and 6.1 as it is written there, with no thought of speed: what the planner has to agree with.</summary>
internal static class ReferenceSelection
{
    /// <summary>The set of a policy; its layout is not said.</summary>
    public static BackendSet Select(ServiceSnapshot snapshot, ServicePort port, IpFamily family, NodeConfig node, TrafficPolicy policy)
    {
        var all = Merge(snapshot, port, family);
        bool IsLocal(Endpoint e) => node.NodeName != "" && e.NodeName == node.NodeName;
        bool IsDraining(Endpoint e) => e.IsServing && e.IsTerminating;

        var hasAny = all.Values.Any(item => item.Endpoint.IsReady || IsDraining(item.Endpoint));
        var isLocalOnly = policy == TrafficPolicy.Local;
        var usable = all.Where(item => item.Value.Weight > 0).ToList();
        var candidates = usable.Where(item => !isLocalOnly || IsLocal(item.Value.Endpoint)).ToList();
        var ready = usable.Select(item => item.Value.Endpoint).Where(e => e.IsReady).ToList();
        var isHintOk = isLocalOnly ? _ => true : HintsOf(ready, node);
        var chosen = candidates.Where(item => item.Value.Endpoint.IsReady && isHintOk(item.Value.Endpoint)).ToList();
        if (chosen.Count == 0)
        {
            chosen = [.. candidates.Where(item => IsDraining(item.Value.Endpoint))];
        }

        return new BackendSet(
            policy,
            [.. chosen
                .Select(item => new Backend(item.Key.Ip, item.Key.Port, IsLocal(item.Value.Endpoint), item.Value.Weight))
                .OrderBy(b => b.Ip).ThenBy(b => b.Port)],
            isLocalOnly && hasAny ? NoBackendVerdict.Drop : NoBackendVerdict.Reject);
    }

    /// <summary>Addresses and ports of all endpoints that serve.</summary>
    public static IEnumerable<(IpAddress Ip, ushort Port)> Serving(ServiceSnapshot snapshot, ServicePort port, IpFamily family) =>
        Merge(snapshot, port, family).Where(item => item.Value.Endpoint.IsServing).Select(item => item.Key);

    private static Dictionary<(IpAddress Ip, ushort Port), (Endpoint Endpoint, ushort Weight)> Merge(
        ServiceSnapshot snapshot, ServicePort port, IpFamily family)
    {
        var merged = new Dictionary<(IpAddress, ushort), (Endpoint, ushort)>();
        foreach (var slice in snapshot.Slices.Where(slice => slice.Family == family))
        {
            foreach (var slicePort in slice.Ports.Where(p => p.Name == port.Name && p.Protocol == port.Protocol))
            {
                foreach (var endpoint in slice.Endpoints.Where(e => e.Ip.Family == family))
                {
                    var listing = (endpoint, WeightOf(slice, endpoint.Ip));
                    var isNew = merged.TryAdd((endpoint.Ip, slicePort.Port), listing);
                    if (!isNew && !endpoint.IsTerminating)
                    {
                        merged[(endpoint.Ip, slicePort.Port)] = listing;
                    }
                }
            }
        }

        return merged;
    }

    private static ushort WeightOf(EndpointSlice slice, IpAddress ip)
    {
        var text = slice.Annotations.FirstOrDefault(item => item.Key == "kube-proxy-next.io/weights").Value ?? "";
        return SliceWeights.Parse(text, broken: null).TryGetValue(ip, out var weight) ? weight : (ushort)1;
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
