using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Asks one network namespace for its addresses, over and over. Not thread-safe.</summary>
internal sealed class AddressDump : IDisposable
{
    private readonly Socket _socket = NetlinkSocket.Open(groups: 0);
    private readonly byte[] _buffer = new byte[NetlinkSocket.LargestDatagram];
    private uint _sequence;

    /// <summary>The addresses in order; null where they changed meanwhile, so that what was read may never have been true.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal IReadOnlyList<LocalAddress>? TryList()
    {
        var request = new AddressRequest(++_sequence);
        var reply = new AddressReply(_sequence);
        try
        {
            _ = _socket.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<AddressRequest>(in request)));
            while (!reply.IsComplete)
            {
                reply.Read(_buffer.AsSpan(0, _socket.Receive(_buffer)));
            }
        }
        catch (SocketException error)
        {
            throw new NetlinkException("request", "RTM_GETADDR", error.NativeErrorCode);
        }

        return reply.WasInterrupted ? null : [.. reply.Addresses.Order()];
    }

    public void Dispose() => _socket.Dispose();
}
