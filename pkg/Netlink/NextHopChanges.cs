namespace KubeProxyNext.Netlink;

/// <summary>Why a next hop that was found before (link, hardware addresses, MTU) may be wrong now.</summary>
[Flags]
public enum NextHopChanges
{
    None = 0,

    /// <summary>A route of either family, or a nexthop object, came, changed or went.</summary>
    Routes = 1,

    /// <summary>A rule came or went that tells which routes count.</summary>
    Rules = 2,

    /// <summary>A link came or went, or changed its state, MTU, hardware address or master.</summary>
    Links = 4,

    /// <summary>An address of this machine came, changed or went.</summary>
    Addresses = 8,

    /// <summary>A neighbour has another hardware address, or does not answer any more.</summary>
    Neighbours = 16,

    /// <summary>Nothing is known of what was before, or news was lost: anything may have changed.</summary>
    Anything = 32,
}
