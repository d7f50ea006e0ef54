using System.Net.Sockets;

namespace KubeProxyNext.Netlink;

/// <summary>What the kernel tells by itself, in the network namespace of the thread that makes it.</summary>
internal sealed class NewsSocket : IDisposable
{
    private const string Subject = "rtnetlink";

    // What one round takes off the queue at most, so that a flood cannot keep back what follows from it.
    private const int MostPerRound = 4096;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[NetlinkSocket.LargestDatagram];
    private readonly INewsReader _reader;
    private long _losses;

    /// <summary>Subscribes to the groups of that bit mask, at once.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal NewsSocket(uint groups, INewsReader reader)
    {
        _reader = reader;
        _socket = NetlinkSocket.Open(groups);
        _socket.Blocking = false;
    }

    /// <summary>How often there was more than the buffer holds.</summary>
    internal long Losses => Interlocked.Read(ref _losses);

    /// <summary>Bytes of queued news; the kernel doubles what is set. For tests, which want it to overflow.</summary>
    internal int BufferBytes
    {
        set => _socket.ReceiveBufferSize = value;
    }

    /// <summary>Hands over what is queued; waits for it where nothing is.</summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            Read(await _socket.ReceiveAsync(_buffer, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            Lose();
        }
        catch (SocketException error)
        {
            throw new NetlinkException("receive from", Subject, error.NativeErrorCode);
        }

        Drain();
    }

    /// <summary>Hands over what is queued.</summary>
    internal void Drain()
    {
        for (var taken = 0; taken < MostPerRound; taken++)
        {
            var length = _socket.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.NoBufferSpaceAvailable)
            {
                Lose();
            }
            else if (error != SocketError.Success)
            {
                return;
            }
            else
            {
                Read(length);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Read(int length)
    {
        if (length == _buffer.Length)
        {
            // Cut off, in all likelihood: a route by a thousand ways.
            Lose();
            return;
        }

        var messages = new MessageReader(_buffer.AsSpan(0, length), Subject);
        while (messages.Next())
        {
            _reader.Read(messages.Header.Type, messages.Body);
        }
    }

    private void Lose()
    {
        Interlocked.Increment(ref _losses);
        _reader.Lose();
    }
}
