namespace KubeProxyNext.Netlink;

/// <summary>
/// Follows the addresses of one network namespace: that of the thread that makes it. It is level-triggered: whoever watches gets the
/// whole list each time, and any number of changes that came meanwhile is one.
/// </summary>
public sealed class AddressMonitor : NewsMonitor
{
    private readonly DumpSocket _dump;

    /// <inheritdoc cref="NewsMonitor"/>
    public AddressMonitor()
        : this(new DumpSocket())
    {
    }

    private AddressMonitor(DumpSocket dump)
        : base(Rtnetlink.AddressGroups, new Unread(), dump) => _dump = dump;

    /// <summary>
    /// The list as it is now, sorted, then again each time that it has changed. It ends only by cancellation or with an exception. One at
    /// a time may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IAsyncEnumerable<IReadOnlyList<LocalAddress>> WatchAsync(CancellationToken cancellationToken = default) =>
        StateFollower.WatchAsync<IReadOnlyList<LocalAddress>>(
            News,
            () => _dump.TryList(AddressMessage.Addresses) is { } addresses ? AddressMessage.Sorted(addresses) : null,
            Enumerable.SequenceEqual,
            cancellationToken);

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
