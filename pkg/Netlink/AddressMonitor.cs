namespace KubeProxyNext.Netlink;

/// <summary>
/// Follows the addresses of one network namespace: that of the thread that makes it. It is level-triggered: whoever watches gets the
/// whole list each time, and any number of changes that came meanwhile is one.
/// </summary>
public sealed class AddressMonitor : IDisposable
{
    private readonly NewsSocket _news = new(Rtnetlink.AddressGroups, new Unread());
    private readonly DumpSocket _dump;

    /// <summary>Subscribes at once: a change after this is not missed, whenever watching begins.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public AddressMonitor()
    {
        try
        {
            _dump = new();
        }
        catch
        {
            _news.Dispose();
            throw;
        }
    }

    /// <summary>How often more changed than the socket's buffer holds. Nothing is missed by that, since the list is read anew.</summary>
    public long Overflows => _news.Losses;

    /// <inheritdoc cref="NewsSocket.BufferBytes"/>
    internal int ReceiveBufferBytes
    {
        set => _news.BufferBytes = value;
    }

    /// <summary>
    /// The list as it is now, sorted, then again each time that it has changed. It ends only by cancellation or with an exception. One at
    /// a time may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IAsyncEnumerable<IReadOnlyList<LocalAddress>> WatchAsync(CancellationToken cancellationToken = default) =>
        StateFollower.WatchAsync<IReadOnlyList<LocalAddress>>(
            _news,
            () => _dump.TryList(AddressMessage.Addresses) is { } addresses ? AddressMessage.Sorted(addresses) : null,
            Enumerable.SequenceEqual,
            cancellationToken);

    public void Dispose()
    {
        _news.Dispose();
        _dump.Dispose();
    }

    // What the news says does not matter: whatever it is, the list is read.
    private sealed class Unread : INewsReader
    {
        public void Read(ushort type, ReadOnlySpan<byte> body)
        {
        }

        public void Lose()
        {
        }
    }
}
