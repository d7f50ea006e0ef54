namespace KubeProxyNext.Packets;

/// <summary>The checksum of RFC 1071, over everything each time: slow, so that it is plainly right.</summary>
public static class InternetChecksum
{
    /// <summary>What stands in the field where the bytes have 0 there; where they have the right checksum, 0.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => (ushort)~Sum(bytes, 0);

    /// <summary>As above, with the pseudo header of TCP, UDP and ICMPv6 before the bytes.</summary>
    public static ushort Of(IpPacket ip, byte protocol, ReadOnlySpan<byte> bytes) => (ushort)~Sum(bytes, Sum(PseudoHeader(ip, protocol, bytes.Length), 0));

    // Words in network order, whose carries come in again at the lower end.
    private static ushort Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            sum += index % 2 == 0 ? (uint)bytes[index] << 8 : bytes[index];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }

    // The two families differ in where zeros stand, which a sum does not see.
    private static byte[] PseudoHeader(IpPacket ip, byte protocol, int length)
    {
        var size = ip.Source.BitLength / 8;
        var header = new byte[2 * size + 4];
        ip.Source.WriteBytes(header);
        ip.Destination.WriteBytes(header.AsSpan(size));
        header[^4] = (byte)(length >> 8);
        header[^3] = (byte)length;
        header[^1] = protocol;
        return header;
    }
}
