using System.Net;

namespace KubeProxyNext.Netlink;

/// <summary>An address of an interface.</summary>
/// <param name="Address">The interface's own, also where it has a peer; without the zone id of IPv6, which <paramref name="InterfaceIndex"/> tells.</param>
/// <param name="PrefixLength">Bits of the network.</param>
public readonly record struct LocalAddress(
    IPAddress Address, int PrefixLength, int InterfaceIndex, AddressScope Scope, AddressFlags Flags) : IComparable<LocalAddress>
{
    /// <summary>Whether the machine answers for it: not while it is tentative, and never where another machine has it.</summary>
    public bool IsUsable =>
        (Flags & AddressFlags.DadFailed) == 0 && (Flags & (AddressFlags.Tentative | AddressFlags.Optimistic)) != AddressFlags.Tentative;

    /// <summary>IPv4 before IPv6, then by the bytes of the address, then by interface.</summary>
    public int CompareTo(LocalAddress other)
    {
        Span<byte> mine = stackalloc byte[16];
        Span<byte> others = stackalloc byte[16];
        _ = Address.TryWriteBytes(mine, out var length);
        _ = other.Address.TryWriteBytes(others, out var otherLength);
        var byLength = length.CompareTo(otherLength);
        var byBytes = byLength != 0 ? byLength : mine.SequenceCompareTo(others);
        return byBytes != 0 ? byBytes : InterfaceIndex.CompareTo(other.InterfaceIndex);
    }

    public static bool operator <(LocalAddress left, LocalAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(LocalAddress left, LocalAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(LocalAddress left, LocalAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LocalAddress left, LocalAddress right) => left.CompareTo(right) >= 0;
}
