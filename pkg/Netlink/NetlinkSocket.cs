using System.Net.Sockets;

namespace KubeProxyNext.Netlink;

/// <summary>Opens sockets of netlink; all else is done by <see cref="Socket"/>, which knows everything about them but how to make them.</summary>
internal static class NetlinkSocket
{
    /// <summary>Datagrams of a dump are never larger (<c>netlink_dump</c> caps its buffer there).</summary>
    internal const int LargestDatagram = 32768;

    /// <summary>
    /// A socket in the network namespace of the calling thread, where it stays whichever thread uses it, subscribed to the groups of
    /// that bit mask. It is bound: an unbound one has port 0, which the kernel leaves out when it is itself the sender.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal static Socket Open(uint groups, int protocol = Rtnetlink.Protocol)
    {
        var fd = LibC.socket(LibC.FamilyNetlink, LibC.SocketRaw | LibC.SocketCloseOnExec, protocol);
        if (fd < 0)
        {
            throw NetlinkException.FromLastError("open socket of", "netlink");
        }

        var handle = new SafeSocketHandle(fd, ownsHandle: true);
        if (LibC.bind(handle, new NetlinkAddress(groups), 12) == 0)
        {
            return new Socket(handle);
        }

        var refused = NetlinkException.FromLastError("bind socket of", "netlink");
        handle.Dispose();
        throw refused;
    }
}
