namespace KubeProxyNext.Netlink;

/// <summary>The addresses of all interfaces, as <c>ip address</c> shows them.</summary>
public static class LocalAddresses
{
    /// <summary>
    /// Lists both families in the network namespace of the calling thread, sorted. The list was true at one moment: where an address comes
    /// or goes while the kernel writes it, it is asked for again.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused, or (<c>EINTR</c>) the addresses changed during each of ten attempts.</exception>
    public static IReadOnlyList<LocalAddress> List()
    {
        using var dump = new DumpSocket();
        return AddressMessage.Sorted(dump.List(AddressMessage.Addresses));
    }
}
