using System.Buffers.Binary;

namespace KubeProxyNext.Packets;

/// <summary>Describes what an IP packet carries.</summary>
internal static class TransportReader
{
    /// <param name="ip">The packet, whose transport is not known yet.</param>
    internal static Transport Read(IpPacket ip, byte protocol, ReadOnlySpan<byte> bytes)
    {
        if (ip.IsLaterFragment)
        {
            return new RawTransport(protocol, [.. bytes]);
        }

        // The checksum of what is not all there cannot be held against anything: it is described as it is.
        var whole = !ip.IsFragment && ip.Length is null;
        return protocol switch
        {
            Transport.Tcp => ReadTcp(ip, bytes, whole),
            Transport.Udp => ReadUdp(ip, bytes, whole),
            Transport.Sctp => ReadSctp(bytes, whole),
            Transport.Icmp when ip.IsIPv4 => ReadIcmp(ip, protocol, bytes, whole),
            Transport.Icmp6 when !ip.IsIPv4 => ReadIcmp(ip, protocol, bytes, whole),
            _ => new RawTransport(protocol, [.. bytes]),
        };
    }

    private static Transport ReadTcp(IpPacket ip, ReadOnlySpan<byte> bytes, bool whole)
    {
        var header = bytes.Length < TcpSegment.Header ? int.MaxValue : (bytes[12] >> 4) * 4;
        if (header < TcpSegment.Header || header > bytes.Length)
        {
            return ReadPorts(Transport.Tcp, bytes);
        }

        var checksum = Be16(bytes, TcpSegment.ChecksumAt);
        return new TcpSegment(Be16(bytes, 0), Be16(bytes, 2), (TcpFlags)(Be16(bytes, 12) & 0xfff))
        {
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Acknowledged = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            Window = Be16(bytes, 14),
            Urgent = Be16(bytes, 18),
            Options = [.. bytes[TcpSegment.Header..header]],
            Payload = [.. bytes[header..]],
            Checksum = whole && InternetChecksum.Of(ip, Transport.Tcp, Without(bytes, TcpSegment.ChecksumAt, 2)) == checksum ? null : checksum,
        };
    }

    private static Transport ReadUdp(IpPacket ip, ReadOnlySpan<byte> bytes, bool whole)
    {
        if (bytes.Length < UdpDatagram.Header)
        {
            return ReadPorts(Transport.Udp, bytes);
        }

        var checksum = Be16(bytes, UdpDatagram.ChecksumAt);
        var length = Be16(bytes, 4);
        var verifiable = whole && length == bytes.Length;
        return new UdpDatagram(Be16(bytes, 0), Be16(bytes, 2))
        {
            Length = length == bytes.Length ? null : length,
            Payload = [.. bytes[UdpDatagram.Header..]],
            Checksum = verifiable && UdpDatagram.RightChecksum(ip, Without(bytes, UdpDatagram.ChecksumAt, 2)) == checksum ? null : checksum,
        };
    }

    private static Transport ReadSctp(ReadOnlySpan<byte> bytes, bool whole)
    {
        if (bytes.Length < SctpPacket.Header)
        {
            return ReadPorts(Transport.Sctp, bytes);
        }

        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SctpPacket.ChecksumAt..]);
        return new SctpPacket(Be16(bytes, 0), Be16(bytes, 2), [.. bytes[SctpPacket.Header..]])
        {
            Tag = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Checksum = whole && Crc32c.Of(Without(bytes, SctpPacket.ChecksumAt, 4)) == checksum ? null : checksum,
        };
    }

    private static Transport ReadIcmp(IpPacket ip, byte protocol, ReadOnlySpan<byte> bytes, bool whole)
    {
        if (bytes.Length < IcmpMessage.Header)
        {
            return new RawTransport(protocol, [.. bytes]);
        }

        var checksum = Be16(bytes, IcmpMessage.ChecksumAt);
        var carried = bytes[IcmpMessage.Header..];
        var quoted = IcmpMessage.QuotesAt(protocol, bytes[0]) ? PacketReader.ReadIp(carried) : null;
        var right = whole && IcmpMessage.RightChecksum(ip, protocol, Without(bytes, IcmpMessage.ChecksumAt, 2)) == checksum;
        return new IcmpMessage(protocol, bytes[0], bytes[1], BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]))
        {
            Quoted = quoted,
            Payload = quoted is null ? [.. carried] : default,
            Checksum = right ? null : checksum,
        };
    }

    private static Transport ReadPorts(byte protocol, ReadOnlySpan<byte> bytes) => bytes.Length < 4
        ? new RawTransport(protocol, [.. bytes])
        : new CutTransport(protocol, Be16(bytes, 0), Be16(bytes, 2), [.. bytes[4..]]);

    private static byte[] Without(ReadOnlySpan<byte> bytes, int checksumAt, int size)
    {
        byte[] cleared = [.. bytes];
        cleared.AsSpan(checksumAt, size).Clear();
        return cleared;
    }

    private static ushort Be16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
