using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>Describes bytes. Nothing is too broken: what cannot be understood is in the description as bytes.</summary>
public static class PacketReader
{
    private const int MostVlans = 2;

    /// <summary>Reads a frame.</summary>
    /// <exception cref="ArgumentException">It is shorter than the header of Ethernet.</exception>
    public static Packet ReadFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EthernetHeader.Size)
        {
            throw new ArgumentException($"a frame has {EthernetHeader.Size} bytes at least, not {bytes.Length}", nameof(bytes));
        }

        var link = new EthernetHeader(MacAddress.Read(bytes[MacAddress.Length..]), MacAddress.Read(bytes));
        var vlans = new List<VlanTag>();
        var at = 2 * MacAddress.Length;
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        while (type is VlanTag.Customer or VlanTag.Provider && vlans.Count < MostVlans && bytes.Length >= at + 6)
        {
            vlans.Add(new(type, BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..])));
            at += 4;
            type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        }

        var carried = bytes[(at + 2)..];
        var ip = type is 0x0800 or 0x86dd ? ReadIp(carried) : null;
        return new(link with { Vlans = [.. vlans] }, ip)
        {
            Type = type == Packet.TypeOf(ip) ? null : type,
            Rest = ip is null ? [.. carried] : default,
        };
    }

    /// <summary>Reads a packet of IP, or as much as there is of it; null where not even its header can be read.</summary>
    public static IpPacket? ReadIp(ReadOnlySpan<byte> bytes) => bytes.Length == 0 ? null : (bytes[0] >> 4) switch
    {
        4 => ReadIPv4(bytes),
        6 => ReadIPv6(bytes),
        _ => null,
    };

    private static IpPacket? ReadIPv4(ReadOnlySpan<byte> bytes)
    {
        var header = (bytes[0] & 0xf) * 4;
        if (header < IpPacket.IPv4Header || bytes.Length < header)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var end = length < header ? bytes.Length : Math.Min(length, bytes.Length);
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        var packet = new IpPacket(IpAddress.FromBytes(bytes[12..16]), IpAddress.FromBytes(bytes[16..20]), Nothing(bytes[9]))
        {
            Ttl = bytes[8],
            TrafficClass = bytes[1],
            Id = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            ReservedFlag = (fragment & 0x8000) != 0,
            DontFragment = (fragment & 0x4000) != 0,
            MoreFragments = (fragment & 0x2000) != 0,
            FragmentOffset = (fragment & 0x1fff) * 8,
            Options = [.. bytes[IpPacket.IPv4Header..header]],
            Length = length == end ? null : length,
            Trailer = [.. bytes[end..]],
            HeaderChecksum = IsRight(bytes[..header], checksum) ? null : checksum,
        };
        return packet with { Transport = TransportReader.Read(packet, bytes[9], bytes[header..end]) };
    }

    private static IpPacket? ReadIPv6(ReadOnlySpan<byte> bytes)
    {
        // A description could not tell the families apart where IPv6 carries addresses of IPv4.
        if (bytes.Length < IpPacket.IPv6Header || IsMapped(bytes[8..24]) || IsMapped(bytes[24..40]))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var end = Math.Min(IpPacket.IPv6Header + length, bytes.Length);
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var extensions = ReadExtensions(bytes[IpPacket.IPv6Header..end], bytes[6], out var protocol, out var skipped);
        var packet = new IpPacket(IpAddress.FromBytes(bytes[8..24]), IpAddress.FromBytes(bytes[24..40]), Nothing(protocol))
        {
            Ttl = bytes[7],
            TrafficClass = (byte)(first >> 20),
            FlowLabel = first & 0xfffff,
            Extensions = extensions,
            Length = IpPacket.IPv6Header + length == end ? null : length,
            Trailer = [.. bytes[end..]],
        };
        return packet with { Transport = TransportReader.Read(packet, protocol, bytes[(IpPacket.IPv6Header + skipped)..end]) };
    }

    private static ValueArray<Extension> ReadExtensions(ReadOnlySpan<byte> bytes, byte first, out byte protocol, out int skipped)
    {
        var extensions = new List<Extension>();
        (protocol, skipped) = (first, 0);
        while (Extension.IsOne(protocol) && bytes.Length - skipped >= 2)
        {
            var size = Extension.SizeOf(protocol, bytes[skipped + 1]);
            if (size > bytes.Length - skipped)
            {
                break;
            }

            extensions.Add(Extension.Read(protocol, bytes.Slice(skipped, size)));
            protocol = bytes[skipped];
            skipped += size;
            if (extensions[^1] is { Protocol: Extension.Fragment, Offset: not 0 })
            {
                break;
            }
        }

        return [.. extensions];
    }

    private static bool IsMapped(ReadOnlySpan<byte> address) => IpAddress.FromBytes(address).Family == IpFamily.IPv4;

    private static bool IsRight(ReadOnlySpan<byte> header, ushort checksum)
    {
        byte[] bytes = [.. header];
        bytes[10] = bytes[11] = 0;
        return InternetChecksum.Of(bytes) == checksum;
    }

    private static RawTransport Nothing(byte protocol) => new(protocol, default);
}
