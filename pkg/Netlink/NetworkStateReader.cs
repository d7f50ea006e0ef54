using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Holds a state, and reads those parts of it anew that news was about.</summary>
internal sealed class NetworkStateReader : INewsReader, IDisposable
{
    private readonly DumpSocket _dump = new();
    private readonly Part<Link> _links = new(LinkMessage.Links, LinkMessage.Sorted);
    private readonly Part<int> _defaultRouteLinks = new(RouteMessage.DefaultLinks, RouteMessage.Sorted);
    private readonly Part<LocalAddress> _addresses = new(AddressMessage.Addresses, AddressMessage.Sorted);
    private NetworkState? _known;

    /// <summary>The state as it is; the same object as before where it did not change, null where a change cut through.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal NetworkState? TryRead()
    {
        // Not &&: each tries.
        if (!(_links.TryRead(_dump) & _defaultRouteLinks.TryRead(_dump) & _addresses.TryRead(_dump)))
        {
            return null;
        }

        var state = new NetworkState(_links.Items, _defaultRouteLinks.Items, _addresses.Items);
        return _known = state == _known ? _known : state;
    }

    public void Read(ushort type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case Rtnetlink.NewLink or Rtnetlink.DeleteLink:
                _links.IsStale = true;
                _defaultRouteLinks.IsStale |= MayTakeDefaultRoute(MemoryMarshal.Read<LinkHeader>(body).Index);
                break;
            case Rtnetlink.NewAddress or Rtnetlink.DeleteAddress:
                _addresses.IsStale = true;
                _defaultRouteLinks.IsStale |= MayTakeDefaultRoute(MemoryMarshal.Read<AddressHeader>(body).Family, type);
                break;
            case Rtnetlink.NewRoute or Rtnetlink.DeleteRoute:
                _defaultRouteLinks.IsStale |= RouteMessage.IsDefault(body);
                break;
            case Rtnetlink.NewNexthop or Rtnetlink.DeleteNexthop:
                _defaultRouteLinks.IsStale = true;
                break;
        }
    }

    public void Lose() => _links.IsStale = _defaultRouteLinks.IsStale = _addresses.IsStale = true;

    public void Dispose() => _dump.Dispose();

    // IPv4 routes go without a word when their link goes down (fib_flush) or, before Linux 6.6, when the address goes that they name as
    // the source. All routes are read only where that may have been: there may be very many, and pods come and go.
    private bool MayTakeDefaultRoute(int link) => _defaultRouteLinks.Items.Contains(link);

    private static bool MayTakeDefaultRoute(byte family, ushort type) => family == Rtnetlink.FamilyIPv4 && type == Rtnetlink.DeleteAddress;

    /// <summary>One of the lists.</summary>
    private sealed class Part<T>(DumpKind<T> kind, Func<IEnumerable<T>, IReadOnlyList<T>> sorted)
    {
        internal IReadOnlyList<T> Items { get; private set; } = [];

        internal bool IsStale { get; set; } = true;

        /// <summary>Reads it if that is due; false where a change cut through, so that it still is.</summary>
        internal bool TryRead(DumpSocket dump)
        {
            if (IsStale && dump.TryList(kind) is { } items)
            {
                var list = sorted(items);
                Items = list.SequenceEqual(Items) ? Items : list;
                IsStale = false;
            }

            return !IsStale;
        }
    }
}
