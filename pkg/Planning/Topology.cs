using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Which hints count for a service port on this node.</summary>
internal enum HintScope : byte
{
    Any,
    SameNode,
    SameZone,
}

/// <summary>Keeps traffic near where every ready endpoint says whom it is for (behaviour 3.4, KEP-2433 and KEP-3015).</summary>
internal static class Topology
{
    /// <summary>
    /// The nearest scope for which every ready endpoint has a hint and at least one names this node. One endpoint without a
    /// hint switches that kind of hint off: the hints no longer tell where all traffic is to go.
    /// </summary>
    public static HintScope ScopeOf(in EndpointTable endpoints, NodeConfig node)
    {
        if (IsHinted(endpoints, HintScope.SameNode, node))
        {
            return HintScope.SameNode;
        }

        return IsHinted(endpoints, HintScope.SameZone, node) ? HintScope.SameZone : HintScope.Any;
    }

    public static bool Admits(in Endpoint endpoint, HintScope scope, NodeConfig node) =>
        scope == HintScope.Any || HintsOf(endpoint, scope).AsSpan().Contains(PlaceOf(node, scope));

    private static bool IsHinted(in EndpointTable endpoints, HintScope scope, NodeConfig node)
    {
        if (string.IsNullOrEmpty(PlaceOf(node, scope)))
        {
            return false;
        }

        var isHere = false;
        for (var i = 0; i < endpoints.Count; i++)
        {
            ref readonly var endpoint = ref endpoints.EndpointAt(i);
            if (!endpoints.IsReady(i))
            {
                continue;
            }

            if (HintsOf(endpoint, scope).IsEmpty)
            {
                return false;
            }

            isHere |= Admits(endpoint, scope, node);
        }

        return isHere;
    }

    private static ValueArray<string> HintsOf(in Endpoint endpoint, HintScope scope) =>
        scope == HintScope.SameNode ? endpoint.NodeHints : endpoint.ZoneHints;

    private static string? PlaceOf(NodeConfig node, HintScope scope) => scope == HintScope.SameNode ? node.NodeName : node.Zone;
}
