using System.Buffers;
using KubeProxyNext.Model;
using KubeProxyNext.Planning.Layouts;

namespace KubeProxyNext.Planning;

/// <summary>Which endpoints a traffic policy lets clients reach (behaviour 3.4). A set is made where a frontend wants it, and only there.</summary>
internal static class BackendSelection
{
    /// <summary>The set C of behaviour 3.4 for <see cref="TrafficPolicy.Cluster"/>, L for <see cref="TrafficPolicy.Local"/>.</summary>
    /// <param name="isLevel">Whether each backend has one slot, whatever algorithm and weights would have.</param>
    public static BackendSet Select(
        in EndpointTable endpoints, TrafficPolicy policy, NodeConfig node, BalancingAlgorithm algorithm, bool isLevel)
    {
        var isLocal = policy == TrafficPolicy.Local;
        var hints = isLocal ? HintScope.Any : Topology.ScopeOf(endpoints, node);
        var backends = Collect(endpoints, new Filter(node, isReady: true, hints, isLocal));
        if (backends.IsEmpty)
        {
            backends = Collect(endpoints, new Filter(node, isReady: false, HintScope.Any, isLocal));
        }

        // Said of a set with backends too: then nothing but the set changes when the last local endpoint goes.
        var verdict = isLocal && endpoints.HasAny() ? NoBackendVerdict.Drop : NoBackendVerdict.Reject;
        return new BackendSet(policy, backends, verdict, isLevel ? default : LayoutOf(backends, algorithm, node));
    }

    public static bool IsLocal(in Endpoint endpoint, NodeConfig node) =>
        node.NodeName.Length > 0 && endpoint.NodeName == node.NodeName;

    private static ValueArray<Backend> Collect(in EndpointTable endpoints, in Filter filter)
    {
        var rented = ArrayPool<Backend>.Shared.Rent(endpoints.Count);
        var count = 0;
        for (var i = 0; i < endpoints.Count; i++)
        {
            ref readonly var endpoint = ref endpoints.EndpointAt(i);
            if (filter.Admits(endpoints, i))
            {
                rented[count++] = new Backend(endpoint.Ip, endpoints.PortAt(i), IsLocal(endpoint, filter.Node), endpoints.WeightAt(i));
            }
        }

        var backends = ValueArray.Create<Backend>(rented.AsSpan(0, count));
        ArrayPool<Backend>.Shared.Return(rented);
        return backends;
    }

    private static ValueArray<ushort> LayoutOf(ValueArray<Backend> backends, BalancingAlgorithm algorithm, NodeConfig node) =>
        algorithm == BalancingAlgorithm.Maglev
            ? MaglevLayout.Of(backends.AsSpan(), node.MaglevTableSize)
            : WeightedLayout.Of(backends.AsSpan());

    private readonly struct Filter(NodeConfig node, bool isReady, HintScope hints, bool isLocal)
    {
        public NodeConfig Node => node;

        public bool Admits(in EndpointTable endpoints, int index)
        {
            ref readonly var endpoint = ref endpoints.EndpointAt(index);
            return (isReady ? endpoints.IsReady(index) : endpoints.IsDraining(index))
                && (!isLocal || IsLocal(endpoint, node))
                && Topology.Admits(endpoint, hints, node);
        }
    }
}
