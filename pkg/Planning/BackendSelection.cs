using System.Buffers;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Which endpoints a traffic policy lets clients reach (behaviour 3.4). A set is made where a frontend wants it, and only there.</summary>
internal static class BackendSelection
{
    /// <summary>The set C of behaviour 3.4 for <see cref="TrafficPolicy.Cluster"/>, L for <see cref="TrafficPolicy.Local"/>.</summary>
    public static BackendSet Select(in EndpointTable endpoints, TrafficPolicy policy, NodeConfig node)
    {
        if (policy == TrafficPolicy.Cluster)
        {
            return new BackendSet(policy, SelectCluster(endpoints, node), NoBackendVerdict.Reject);
        }

        // Said of a set with backends too: then nothing but the set changes when the last local endpoint goes.
        var verdict = endpoints.Count > 0 ? NoBackendVerdict.Drop : NoBackendVerdict.Reject;
        return new BackendSet(policy, SelectLocal(endpoints, node), verdict);
    }

    private static ValueArray<Backend> SelectCluster(in EndpointTable endpoints, NodeConfig node)
    {
        var ready = Collect(endpoints, new Filter(node, isReady: true, Topology.ScopeOf(endpoints, node)));
        return ready.IsEmpty ? Collect(endpoints, new Filter(node, isReady: false, HintScope.Any)) : ready;
    }

    private static ValueArray<Backend> SelectLocal(in EndpointTable endpoints, NodeConfig node)
    {
        var ready = Collect(endpoints, new Filter(node, isReady: true, HintScope.Any, isLocal: true));
        return ready.IsEmpty ? Collect(endpoints, new Filter(node, isReady: false, HintScope.Any, isLocal: true)) : ready;
    }

    private static ValueArray<Backend> Collect(in EndpointTable endpoints, in Filter filter)
    {
        var rented = ArrayPool<Backend>.Shared.Rent(endpoints.Count);
        var count = 0;
        for (var i = 0; i < endpoints.Count; i++)
        {
            ref readonly var endpoint = ref endpoints.EndpointAt(i);
            if (filter.Admits(endpoint))
            {
                rented[count++] = new Backend(endpoint.Ip, endpoints.PortAt(i), IsLocal(endpoint, filter.Node));
            }
        }

        var backends = ValueArray.Create<Backend>(rented.AsSpan(0, count));
        ArrayPool<Backend>.Shared.Return(rented);
        return backends;
    }

    private static bool IsLocal(in Endpoint endpoint, NodeConfig node) =>
        node.NodeName.Length > 0 && endpoint.NodeName == node.NodeName;

    // The table holds none but ready and draining ones, so what is not ready is draining; a ready one may be both.
    private readonly struct Filter(NodeConfig node, bool isReady, HintScope hints, bool isLocal = false)
    {
        public NodeConfig Node => node;

        public bool Admits(in Endpoint endpoint) =>
            endpoint.IsReady == isReady && (!isLocal || IsLocal(endpoint, node)) && Topology.Admits(endpoint, hints, node);
    }
}
