using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>How many endpoints each port of a Service is looked at for, so that one Service with many takes neither all slots nor all time.</summary>
internal static class EndpointShare
{
    /// <summary>
    /// No limit where all that the Service's ports find fits into its share; else the share in equal parts. What is left out then is the same
    /// on every node: the last slices by name.
    /// </summary>
    public static int Of(Service service, ValueArray<EndpointSlice> slices, IpFamily family, NodeConfig node)
    {
        var share = ShareOf(service, node);
        if (CountAll(slices, family) <= share)
        {
            return int.MaxValue;
        }

        var names = service.Ports.Select(port => (port.Name, port.Protocol)).ToHashSet();
        return Count(slices, family, names) <= share ? int.MaxValue : Math.Max(1, share / Math.Max(1, names.Count));
    }

    /// <summary>The same for ports that slices have, whether the Service has them or not.</summary>
    public static int OfAll(ValueArray<EndpointSlice> slices, IpFamily family, int ports, NodeConfig node) =>
        CountAll(slices, family) <= node.Share.Slots ? int.MaxValue : Math.Max(1, node.Share.Slots / Math.Max(1, ports));

    // An endpoint may stand in a set of each policy.
    private static int ShareOf(Service service, NodeConfig node) =>
        service.InternalTrafficPolicy == TrafficPolicy.Local || ExternalPolicy.Of(service) == TrafficPolicy.Local
            ? node.Share.Slots / 2
            : node.Share.Slots;

    // One that several ports or slices list counts for each.
    private static long Count(ValueArray<EndpointSlice> slices, IpFamily family, HashSet<(string Name, Protocol Protocol)> names)
    {
        var count = 0L;
        foreach (var slice in slices)
        {
            foreach (var port in slice.Family == family ? slice.Ports : default)
            {
                count += names.Contains((port.Name, port.Protocol)) ? slice.Endpoints.Count : 0;
            }
        }

        return count;
    }

    // For most Services that answers it, without a look at names.
    private static long CountAll(ValueArray<EndpointSlice> slices, IpFamily family)
    {
        var count = 0L;
        foreach (var slice in slices)
        {
            count += slice.Family == family ? (long)slice.Endpoints.Count * slice.Ports.Count : 0;
        }

        return count;
    }
}
