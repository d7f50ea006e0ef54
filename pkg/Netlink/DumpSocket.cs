using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Asks one network namespace, that of the thread that makes it, for all there is of a kind, over and over. Not thread-safe.</summary>
internal sealed class DumpSocket(int protocol = Rtnetlink.Protocol) : IDisposable
{
    private const int Attempts = 10;

    private readonly Socket _socket = NetlinkSocket.Open(groups: 0, protocol);
    private readonly byte[] _buffer = new byte[NetlinkSocket.LargestDatagram];
    private uint _sequence;

    /// <summary>What there is, in the kernel's order; null where it changed meanwhile, so that what was read may never have been true.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal List<T>? TryList<T>(DumpKind<T> kind)
    {
        var reply = new DumpReply<T>(kind, ++_sequence);
        try
        {
            _ = _socket.Send(Request(kind));
            while (!reply.IsComplete)
            {
                reply.Read(_buffer.AsSpan(0, _socket.Receive(_buffer)));
            }
        }
        catch (SocketException error)
        {
            throw new NetlinkException("request", kind.Name, error.NativeErrorCode);
        }

        return reply.WasInterrupted ? null : reply.Items;
    }

    /// <summary>As <see cref="TryList"/>, several times if need be.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or (<c>EINTR</c>) there was a change during each of ten attempts.</exception>
    internal List<T> List<T>(DumpKind<T> kind)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryList(kind) is { } items)
            {
                return items;
            }
        }

        throw new NetlinkException("request", kind.Name, Errno.Interrupted, $"there was a change during each of {Attempts} attempts");
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Request<T>(DumpKind<T> kind)
    {
        var length = Unsafe.SizeOf<MessageHeader>() + kind.Body.Length;
        var header = new MessageHeader((uint)length, kind.Request, Rtnetlink.Request | Rtnetlink.Dump, _sequence);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in header)), .. kind.Body];
    }
}
