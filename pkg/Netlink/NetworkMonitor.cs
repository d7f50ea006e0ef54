namespace KubeProxyNext.Netlink;

/// <summary>
/// Follows the links, the links with default routes and the addresses of one network namespace: that of the thread that makes it. It is
/// level-triggered: whoever watches gets the whole state each time, and any number of changes that came meanwhile is one.
/// </summary>
public sealed class NetworkMonitor : NewsMonitor
{
    private readonly NetworkStateReader _reader;

    /// <inheritdoc cref="NewsMonitor"/>
    public NetworkMonitor()
        : this(new NetworkStateReader())
    {
    }

    private NetworkMonitor(NetworkStateReader reader)
        : base(Rtnetlink.LinkGroup | Rtnetlink.AddressGroups | Rtnetlink.RouteGroups | Rtnetlink.NexthopGroup, reader, reader) => _reader = reader;

    /// <summary>
    /// The state as it is now, then again each time that it has changed. It ends only by cancellation or with an exception. One at a time
    /// may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IAsyncEnumerable<NetworkState> WatchAsync(CancellationToken cancellationToken = default) =>
        StateFollower.WatchAsync(News, _reader.TryRead, ReferenceEquals, cancellationToken);
}
