using System.Runtime.CompilerServices;

namespace KubeProxyNext.Netlink;

/// <summary>
/// Tells whoever remembers next hops that they may be wrong, in one network namespace: that of the thread that makes it. What came
/// meanwhile is told at once; what changes nothing for them is not: above all, that a neighbour was heard of or not for a while.
/// </summary>
/// <remarks>The kernel has no news of the MTU of a path, nor of what a tunnel or a bridge does with a packet after it was given it.</remarks>
public sealed class NextHopMonitor : NewsMonitor
{
    private const uint Groups = Rtnetlink.LinkGroup | Rtnetlink.AddressGroups | Rtnetlink.RouteGroups | Rtnetlink.RuleGroups
        | Rtnetlink.NeighbourGroup | Rtnetlink.NexthopGroup;

    private readonly NextHopNews _changes;
    private readonly DumpSocket _dump;

    /// <inheritdoc cref="NewsMonitor"/>
    public NextHopMonitor()
        : this(new NextHopNews(new NeighbourTable()), new DumpSocket())
    {
    }

    private NextHopMonitor(NextHopNews changes, DumpSocket dump)
        : base(Groups, changes, dump) => (_changes, _dump) = (changes, dump);

    /// <summary>
    /// <see cref="NextHopChanges.Anything"/> at once, then what changed each time that something did. It ends only by cancellation or with
    /// an exception. One at a time may watch.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public async IAsyncEnumerable<NextHopChanges> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _changes.Lose();
        while (true)
        {
            if (_changes.Take() is not NextHopChanges.None and var changes)
            {
                yield return changes;
            }

            // After it was told: there may be many neighbours. Where a change cuts through, its news is waited for, and tries again.
            if (!_changes.KnowsNeighbours && _dump.TryList(NeighbourMessage.Neighbours) is { } neighbours)
            {
                _changes.Learn(neighbours);
            }

            await News.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
