using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace KubeProxyNext.Model;

/// <summary>
/// An IPv4 or IPv6 address as a value of 16 bytes without an allocation. IPv4 is held in its IPv4-mapped form, so
/// <c>::ffff:10.0.0.1</c> and <c>10.0.0.1</c> are one and the same address, as kube-proxy has it (behaviour 1.5).
/// Ordered by its bytes, IPv4 apart from IPv6.
/// </summary>
public readonly record struct IpAddress : IComparable<IpAddress>
{
    private const ulong MappedPrefix = 0xffff_0000_0000;
    private const ulong MappedMask = 0xffff_ffff_0000_0000;

    private static readonly SearchValues<char> NotInAnAddress = SearchValues.Create("[]%/ \t");

    // Host byte order: the first 8 and the last 8 bytes of the address, read big-endian.
    private readonly ulong _high;
    private readonly ulong _low;

    private IpAddress(ulong high, ulong low) => (_high, _low) = (high, low);

    public IpFamily Family => _high == 0 && (_low & MappedMask) == MappedPrefix ? IpFamily.IPv4 : IpFamily.IPv6;

    /// <summary>32 for IPv4, 128 for IPv6.</summary>
    public int BitLength => Family == IpFamily.IPv4 ? 32 : 128;

    public bool IsUnspecified => this == default || (Family == IpFamily.IPv4 && (uint)_low == 0);

    public bool IsLoopback => Family == IpFamily.IPv4 ? (byte)(_low >> 24) == 127 : _high == 0 && _low == 1;

    public bool IsMulticast => Family == IpFamily.IPv4 ? (byte)(_low >> 28 & 0xf) == 0xe : _high >> 56 == 0xff;

    public bool IsLinkLocal => Family == IpFamily.IPv4 ? (ushort)(_low >> 16) == 0xa9fe : _high >> 54 == 0xfe80 >> 6;

    /// <summary>Reads 4 (IPv4) or 16 (IPv6, or IPv4-mapped) bytes in network order.</summary>
    public static IpAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])),
        _ => throw new ArgumentException($"an IP address has 4 or 16 bytes, not {bytes.Length}", nameof(bytes)),
    };

    /// <summary>Writes the address in network order: 4 bytes for IPv4, 16 for IPv6. Returns how many.</summary>
    public int WriteBytes(Span<byte> destination)
    {
        if (Family == IpFamily.IPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>
    /// Parses an address as kube-proxy does: IPv4 octets may carry leading zeros and are decimal all the same; an
    /// IPv4-mapped IPv6 address is IPv4; white space and zone ids are refused (behaviour 1.5).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (!text.Contains(':'))
        {
            return TryParseIPv4(text, out address);
        }

        // IPAddress would take brackets, ports and zone ids, and reads a zero-padded IPv4 tail as octal.
        if (text.ContainsAny(NotInAnAddress))
        {
            return false;
        }

        var tail = text.LastIndexOf(':') + 1;
        if (text[tail..].Contains('.'))
        {
            return TryParseWithIPv4Tail(text, tail, out address);
        }

        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = FromBytes(bytes);
        return true;
    }

    /// <summary>Parses as <see cref="TryParse"/> does; throws <see cref="FormatException"/> where that says no.</summary>
    public static IpAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    /// <summary>The address with all bits after the first <paramref name="prefixLength"/> (of <see cref="BitLength"/>) cleared.</summary>
    public IpAddress Mask(int prefixLength)
    {
        var bits = prefixLength + 128 - BitLength;
        var high = bits >= 64 ? ulong.MaxValue : ~(ulong.MaxValue >> bits);
        var low = bits switch { >= 128 => ulong.MaxValue, <= 64 => 0UL, _ => ~(ulong.MaxValue >> (bits - 64)) };
        return new(_high & high, _low & low);
    }

    /// <summary>The address with all bits after the first <paramref name="prefixLength"/> (of <see cref="BitLength"/>) set.</summary>
    public IpAddress Fill(int prefixLength)
    {
        var bits = prefixLength + 128 - BitLength;
        var high = bits >= 64 ? 0UL : ulong.MaxValue >> bits;
        var low = bits switch { >= 128 => 0UL, <= 64 => ulong.MaxValue, _ => ulong.MaxValue >> (bits - 64) };
        return new(_high | high, _low | low);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteBytes(bytes)]);
    }

    public int CompareTo(IpAddress other)
    {
        var byHigh = _high.CompareTo(other._high);
        return byHigh != 0 ? byHigh : _low.CompareTo(other._low);
    }

    public override string ToString() => ToIPAddress().ToString();

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    private static bool TryParseIPv4(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        uint value = 0;
        var octets = 0;
        foreach (var part in text.Split('.'))
        {
            if (!TryParseOctet(text[part], out var octet) || ++octets > 4)
            {
                return false;
            }

            value = value << 8 | octet;
        }

        address = new(0, MappedPrefix | value);
        return octets == 4;
    }

    // Only ASCII digits, and no more than three: a sign, a blank or '0x' is no octet.
    private static bool TryParseOctet(ReadOnlySpan<char> text, out byte octet)
    {
        octet = 0;
        return text.Length is > 0 and <= 3
            && text.IndexOfAnyExceptInRange('0', '9') < 0
            && byte.TryParse(text, out octet);
    }

    private static bool TryParseWithIPv4Tail(ReadOnlySpan<char> text, int tail, out IpAddress address)
    {
        address = default;
        if (!TryParseIPv4(text[tail..], out var ipv4))
        {
            return false;
        }

        var hex = $"{text[..tail]}{ipv4._low >> 16 & 0xffff:x}:{ipv4._low & 0xffff:x}";
        return TryParse(hex, out address);
    }
}
