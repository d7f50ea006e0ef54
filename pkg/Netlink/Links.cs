namespace KubeProxyNext.Netlink;

/// <summary>All network interfaces, as <c>ip link</c> shows them.</summary>
public static class Links
{
    /// <summary>Lists those in the network namespace of the calling thread, by index. The list was true at one moment.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or (<c>EINTR</c>) links came or went during each of ten attempts.</exception>
    public static IReadOnlyList<Link> List()
    {
        using var dump = new DumpSocket();
        return LinkMessage.Sorted(dump.List(LinkMessage.Links));
    }

    /// <summary>Deletes one of the network namespace of the calling thread.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static void Delete(int index) => Command.Execute("RTM_DELLINK", Rtnetlink.DeleteLink, new LinkHeader(index));
}
