namespace KubeProxyNext.Packets;

/// <summary>The checksum of SCTP (RFC 9260, appendix A), bit by bit.</summary>
public static class Crc32c
{
    // The polynomial of Castagnoli, its bits in reverse.
    private const uint Polynomial = 0x82f63b78;

    /// <summary>Of a packet whose field for it is 0; it stands in the packet with its lowest byte first.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var part in bytes)
        {
            crc ^= part;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ Polynomial : crc >> 1;
            }
        }

        return ~crc;
    }
}
