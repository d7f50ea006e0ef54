using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Has the kernel do one thing in the network namespace of the calling thread.</summary>
internal static class Command
{
    private const uint Sequence = 1;

    /// <param name="name">Of the request, for the text of an error.</param>
    /// <param name="type">Of the request.</param>
    /// <param name="body">The header that belongs to the type.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal static void Execute<T>(string name, ushort type, T body)
        where T : unmanaged
    {
        using var socket = NetlinkSocket.Open(groups: 0);
        var header = new MessageHeader(
            (uint)(Unsafe.SizeOf<MessageHeader>() + Unsafe.SizeOf<T>()), type, Rtnetlink.Request | Rtnetlink.Acknowledge, Sequence);
        var reply = new DumpReply<T>(new(name, type, [], Answer: 0, (_, _) => { }), Sequence);
        try
        {
            _ = socket.Send([.. MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in header)), .. MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body))]);
            var buffer = new byte[NetlinkSocket.LargestDatagram];
            while (!reply.IsComplete)
            {
                reply.Read(buffer.AsSpan(0, socket.Receive(buffer)));
            }
        }
        catch (SocketException error)
        {
            throw new NetlinkException("request", name, error.NativeErrorCode);
        }
    }
}
