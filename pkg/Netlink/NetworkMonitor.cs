namespace KubeProxyNext.Netlink;

/// <summary>
/// Follows the links, the links with default routes and the addresses of one network namespace: that of the thread that makes it. It is
/// level-triggered: whoever watches gets the whole state each time, and any number of changes that came meanwhile is one.
/// </summary>
public sealed class NetworkMonitor : IDisposable
{
    private readonly NetworkStateReader _reader;
    private readonly NewsSocket _news;

    /// <summary>Subscribes at once: a change after this is not missed, whenever watching begins.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public NetworkMonitor()
    {
        _reader = new();
        try
        {
            _news = new(Rtnetlink.LinkGroup | Rtnetlink.AddressGroups | Rtnetlink.RouteGroups | Rtnetlink.NexthopGroup, _reader);
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="AddressMonitor.Overflows"/>
    public long Overflows => _news.Losses;

    /// <inheritdoc cref="NewsSocket.BufferBytes"/>
    internal int ReceiveBufferBytes
    {
        set => _news.BufferBytes = value;
    }

    /// <summary>
    /// The state as it is now, then again each time that it has changed. It ends only by cancellation or with an exception. One at a time
    /// may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IAsyncEnumerable<NetworkState> WatchAsync(CancellationToken cancellationToken = default) =>
        StateFollower.WatchAsync(_news, _reader.TryRead, ReferenceEquals, cancellationToken);

    public void Dispose()
    {
        _news.Dispose();
        _reader.Dispose();
    }
}
