namespace KubeProxyNext.Netlink;

/// <summary>Where packets go that no other route wants.</summary>
public static class DefaultRoutes
{
    /// <summary>
    /// The indexes of the links that carry a default route of either family in the network namespace of the calling thread, sorted, each
    /// once: of all routing tables, with each way of a multipath route. Routes that refuse or drop are none.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or (<c>EINTR</c>) routes came or went during each of ten attempts.</exception>
    public static IReadOnlyList<int> ListLinks()
    {
        using var dump = new DumpSocket();
        return RouteMessage.Sorted(dump.List(RouteMessage.DefaultLinks));
    }
}
