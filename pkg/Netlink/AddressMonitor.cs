using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace KubeProxyNext.Netlink;

/// <summary>
/// Follows the addresses of one network namespace: that of the thread that makes it. It is level-triggered: whoever watches gets the
/// whole list each time, and any number of changes that came meanwhile is one.
/// </summary>
public sealed class AddressMonitor : IDisposable
{
    // What one round takes off the queue at most, so that a flood cannot keep the list back.
    private const int MostPerRound = 4096;

    private readonly Socket _news;
    private readonly AddressDump _dump;
    private readonly byte[] _buffer = new byte[NetlinkSocket.LargestDatagram];
    private long _overflows;

    /// <summary>Subscribes at once: a change after this is not missed, whenever watching begins.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public AddressMonitor()
    {
        _news = NetlinkSocket.Open(Rtnetlink.AddressGroups);
        try
        {
            _news.Blocking = false;
            _dump = new AddressDump();
        }
        catch
        {
            _news.Dispose();
            throw;
        }
    }

    /// <summary>How often more changed than the socket's buffer holds. Nothing is missed by that, since the list is read anew.</summary>
    public long Overflows => Interlocked.Read(ref _overflows);

    /// <summary>Bytes of queued news; the kernel doubles what is set. For tests, which want it to overflow.</summary>
    internal int ReceiveBufferBytes
    {
        set => _news.ReceiveBufferSize = value;
    }

    /// <summary>
    /// The list as it is now, sorted, then again each time that it has changed. It ends only by cancellation or with an exception. One at
    /// a time may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LocalAddress>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<LocalAddress>? known = null;
        while (true)
        {
            // A list that a change cut through is read again at once; its news may have come before it.
            if (_dump.TryList() is { } addresses)
            {
                if (known is null || !known.SequenceEqual(addresses))
                {
                    known = addresses;
                    yield return addresses;
                }

                await WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            Drain();
        }
    }

    public void Dispose()
    {
        _news.Dispose();
        _dump.Dispose();
    }

    // What the news says is not read: it only means that the list is to be read.
    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _news.ReceiveAsync(_buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            Interlocked.Increment(ref _overflows);
        }
        catch (SocketException error)
        {
            throw new NetlinkException("receive from", "rtnetlink", error.NativeErrorCode);
        }
    }

    private void Drain()
    {
        for (var taken = 0; taken < MostPerRound; taken++)
        {
            _ = _news.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.NoBufferSpaceAvailable)
            {
                Interlocked.Increment(ref _overflows);
            }
            else if (error != SocketError.Success)
            {
                return;
            }
        }
    }
}
