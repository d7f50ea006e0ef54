using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Which endpoints sockets may keep although new clients do not get them (behaviour 6.1).</summary>
internal static class Retention
{
    /// <summary>
    /// All that serve and that no set has, sorted: readiness, draining, locality, hints and weights decide who gets new clients,
    /// not who loses those that it has.
    /// </summary>
    public static ValueArray<Backend> Of(in EndpointTable endpoints, ValueArray<BackendSet> sets, NodeConfig node)
    {
        List<Backend>? retained = null;
        for (var i = 0; i < endpoints.Count; i++)
        {
            ref readonly var endpoint = ref endpoints.EndpointAt(i);
            if (endpoint.IsServing && !IsInAny(sets, endpoint.Ip, endpoints.PortAt(i)))
            {
                (retained ??= []).Add(new Backend(
                    endpoint.Ip, endpoints.PortAt(i), BackendSelection.IsLocal(endpoint, node), endpoints.WeightAt(i)));
            }
        }

        return retained is null ? default : [.. retained];
    }

    private static bool IsInAny(ValueArray<BackendSet> sets, IpAddress ip, ushort port)
    {
        foreach (var set in sets)
        {
            if (Contains(set.Backends.AsSpan(), ip, port))
            {
                return true;
            }
        }

        return false;
    }

    // Backends are sorted by address, then port.
    private static bool Contains(ReadOnlySpan<Backend> backends, IpAddress ip, ushort port)
    {
        var (low, high) = (0, backends.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var isBefore = backends[middle].Ip < ip || (backends[middle].Ip == ip && backends[middle].Port < port);
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low < backends.Length && backends[low].Ip == ip && backends[low].Port == port;
    }
}
