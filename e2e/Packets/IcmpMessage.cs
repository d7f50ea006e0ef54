using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>A message of either family's ICMP.</summary>
/// <param name="Rest">The four bytes behind the checksum: id and sequence, the MTU, or nothing.</param>
public sealed record IcmpMessage(byte Protocol, byte Type, byte Code, uint Rest) : Transport(Protocol)
{
    internal const int Header = 8;
    internal const int ChecksumAt = 2;

    /// <summary>The packet that an error is about, as far as it is quoted.</summary>
    public IpPacket? Quoted { get; init; }

    /// <summary>What it carries where it quotes nothing.</summary>
    public ValueArray<byte> Payload { get; init; }

    /// <summary>Null where it is right.</summary>
    public ushort? Checksum { get; init; }

    public bool IsError => QuotesAt(Protocol, Type);

    internal static bool QuotesAt(byte protocol, byte type) => protocol == Icmp ? type is 3 or 4 or 5 or 11 or 12 : type is >= 1 and < 128;

    public override byte[] ToBytes(IpPacket ip)
    {
        byte[] bytes = [Type, Code, 0, 0, .. new byte[4], .. Quoted?.ToBytes() ?? [.. Payload]];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Rest);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(ChecksumAt), Checksum ?? RightChecksum(ip, Protocol, bytes));
        return bytes;
    }

    internal static ushort RightChecksum(IpPacket ip, byte protocol, ReadOnlySpan<byte> bytes) =>
        protocol == Icmp ? InternetChecksum.Of(bytes) : InternetChecksum.Of(ip, protocol, bytes);
}
