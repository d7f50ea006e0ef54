using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Collects from news what it means for next hops that were found before.</summary>
internal sealed class NextHopNews(NeighbourTable neighbours) : INewsReader
{
    // As last told. There are as many as the kernel has links.
    private readonly Dictionary<int, Link> _links = [];
    private NextHopChanges _changes;

    /// <summary>Whether changes of neighbours can be told from what is said of them all the time.</summary>
    internal bool KnowsNeighbours { get; private set; }

    /// <summary>What changed since it was last asked.</summary>
    internal NextHopChanges Take()
    {
        var changes = _changes;
        _changes = NextHopChanges.None;
        return changes;
    }

    /// <summary>Takes all neighbours that there are.</summary>
    internal void Learn(IEnumerable<Neighbour> all)
    {
        neighbours.Learn(all);
        KnowsNeighbours = true;
    }

    public void Read(ushort type, ReadOnlySpan<byte> body) => _changes |= type switch
    {
        Rtnetlink.NewRoute or Rtnetlink.DeleteRoute or Rtnetlink.NewNexthop or Rtnetlink.DeleteNexthop => NextHopChanges.Routes,
        Rtnetlink.NewRule or Rtnetlink.DeleteRule => NextHopChanges.Rules,
        Rtnetlink.NewAddress or Rtnetlink.DeleteAddress => NextHopChanges.Addresses,
        Rtnetlink.NewLink when IsNew(LinkMessage.TryRead(body)) => NextHopChanges.Links,
        Rtnetlink.DeleteLink when Forget(body) => NextHopChanges.Links,
        Rtnetlink.NewNeighbour when neighbours.Take(NeighbourMessage.TryRead(body)) => NextHopChanges.Neighbours,
        Rtnetlink.DeleteNeighbour when neighbours.Remove(NeighbourMessage.TryRead(body)) => NextHopChanges.Neighbours,
        _ => NextHopChanges.None,
    };

    public void Lose()
    {
        _links.Clear();
        neighbours.Forget();
        KnowsNeighbours = false;
        _changes |= NextHopChanges.Anything;
    }

    private bool IsNew(Link? link)
    {
        if (link is null || link == _links.GetValueOrDefault(link.Index))
        {
            return false;
        }

        _links[link.Index] = link;
        return true;
    }

    // A bridge tells in the same way that it lost a port.
    private bool Forget(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<LinkHeader>(body);
        var isLink = header.Family == Rtnetlink.FamilyNone;
        if (isLink)
        {
            _links.Remove(header.Index);
        }

        return isLink;
    }
}
