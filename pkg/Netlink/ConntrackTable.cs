using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>The kernel's own table of connections (<c>nf_conntrack</c>) in the network namespace of the thread that makes this. Not thread-safe.</summary>
public sealed class ConntrackTable : IDisposable
{
    private const int Protocol = 12;

    // Packets of the connection may have the kernel remember it in its old form again, between the one message and the other.
    private const int Attempts = 32;

    private readonly Socket _socket = NetlinkSocket.Open(groups: 0, Protocol);
    private readonly MessageWriter _writer = new();
    private readonly byte[] _buffer = new byte[NetlinkSocket.LargestDatagram];
    private uint _sequence;

    /// <summary>Has the kernel translate a connection from now on.</summary>
    /// <param name="instead">Packets by which the kernel may know the connection already, in another form, which it is to forget.</param>
    /// <exception cref="NetlinkException">The kernel refused: above all (<c>EEXIST</c>) where the packets of either side are another connection's.</exception>
    public void Take(TranslatedConnection connection, params IReadOnlyList<ConntrackTuple> instead)
    {
        for (var attempt = 1; ; attempt++)
        {
            var error = TryTake(connection, instead);
            if (error == 0)
            {
                return;
            }

            if (error != Errno.Exists || attempt == Attempts)
            {
                throw new NetlinkException("request", ConntrackMessage.NewName, error);
            }
        }
    }

    /// <summary>Has the kernel forget the connection that has such packets in either direction, if there is one.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Forget(ConntrackTuple tuple)
    {
        _writer.Clear();
        ConntrackMessage.WriteDelete(_writer, ++_sequence, tuple, Rtnetlink.Acknowledge);
        var error = Send(ConntrackMessage.DeleteName);
        if (error is not (0 or Errno.NoEntry))
        {
            throw new NetlinkException("request", ConntrackMessage.DeleteName, error);
        }
    }

    public void Dispose() => _socket.Dispose();

    // In one datagram, which the kernel reads at one go: nearly nothing can happen in between.
    private int TryTake(TranslatedConnection connection, IReadOnlyList<ConntrackTuple> instead)
    {
        _writer.Clear();
        foreach (var tuple in instead)
        {
            ConntrackMessage.WriteDelete(_writer, ++_sequence, tuple);
        }

        ConntrackMessage.WriteNew(_writer, ++_sequence, connection);
        return Send(ConntrackMessage.NewName);
    }

    // What came of the last message.
    private int Send(string name)
    {
        try
        {
            _ = _socket.Send(_writer.Bytes);
            return ReadError(_sequence, name);
        }
        catch (SocketException error)
        {
            throw new NetlinkException("request", name, error.NativeErrorCode);
        }
    }

    // What there was to forget, or was not, is of no interest.
    private int ReadError(uint sequence, string name)
    {
        while (true)
        {
            var messages = new MessageReader(_buffer.AsSpan(0, _socket.Receive(_buffer)), name);
            while (messages.Next())
            {
                if (messages.Header.Type == Rtnetlink.Error && messages.Header.Sequence == sequence)
                {
                    return -MemoryMarshal.Read<int>(messages.Body);
                }
            }
        }
    }
}
