namespace KubeProxyNext.Model;

/// <summary>
/// A CIDR: a base address with its host bits cleared, and the length of its prefix in bits. Ordered by family, address and
/// length, so that what lies within a network comes right after it.
/// </summary>
public readonly record struct IpNetwork : IComparable<IpNetwork>
{
    public IpNetwork(IpAddress address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, address.BitLength);
        (Base, PrefixLength) = (address.Mask(prefixLength), prefixLength);
    }

    public IpAddress Base { get; }

    public int PrefixLength { get; }

    /// <summary>The highest address inside.</summary>
    public IpAddress Last => Base.Fill(PrefixLength);

    public IpFamily Family => Base.Family;

    /// <summary>Whether the address is of this family and inside the prefix.</summary>
    public bool Contains(IpAddress address) => address.Family == Family && address.Mask(PrefixLength) == Base;

    /// <summary>Whether the other network is this one or lies within it.</summary>
    public bool Contains(IpNetwork other) => other.PrefixLength >= PrefixLength && Contains(other.Base);

    /// <summary>Parses <c>address/length</c>: leading zeros are decimal, host bits are masked off (behaviour 1.5).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/');
        if (slash < 0 || !IpAddress.TryParse(text[..slash], out var address))
        {
            return false;
        }

        var length = text[(slash + 1)..];
        if (length.Length is 0 or > 3 || length.IndexOfAnyExceptInRange('0', '9') >= 0 || int.Parse(length) is var bits && bits > 128)
        {
            return false;
        }

        // ::ffff:10.0.0.0/104 counts its prefix from the mapped form.
        bits -= address.Family == IpFamily.IPv4 && text[..slash].Contains(':') ? 96 : 0;
        if (bits < 0 || bits > address.BitLength)
        {
            return false;
        }

        network = new(address, bits);
        return true;
    }

    public int CompareTo(IpNetwork other) =>
        (Family, Base, PrefixLength).CompareTo((other.Family, other.Base, other.PrefixLength));

    public override string ToString() => $"{Base}/{PrefixLength}";

    public static bool operator <(IpNetwork left, IpNetwork right) => left.CompareTo(right) < 0;

    public static bool operator >(IpNetwork left, IpNetwork right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpNetwork left, IpNetwork right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpNetwork left, IpNetwork right) => left.CompareTo(right) >= 0;
}
