using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>The number that the kernel gives a network namespace, never again to another one until reboot; BPF programs see the same.</summary>
public static class NetnsCookie
{
    private const int LevelSocket = 1;
    private const int OptionCookie = 71;

    /// <summary>The cookie of the calling thread's network namespace: the process', unless the thread has entered another one.</summary>
    /// <exception cref="NetlinkException">The kernel is older than 5.14.</exception>
    public static ulong Current()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Span<ulong> cookie = stackalloc ulong[1];
        try
        {
            _ = socket.GetRawSocketOption(LevelSocket, OptionCookie, MemoryMarshal.AsBytes(cookie));
        }
        catch (SocketException error)
        {
            throw new NetlinkException("read", "SO_NETNS_COOKIE", error.NativeErrorCode, "it needs Linux 5.14");
        }

        return cookie[0];
    }
}
