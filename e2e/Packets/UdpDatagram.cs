using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

public sealed record UdpDatagram(ushort Source, ushort Destination) : PortTransport(Udp, Source, Destination)
{
    internal const int Header = 8;
    internal const int ChecksumAt = 6;

    public ValueArray<byte> Payload { get; init; }

    /// <summary>Null where it is right; 0 where there is none.</summary>
    public ushort? Checksum { get; init; }

    /// <summary>What the header says, where that is not so.</summary>
    public ushort? Length { get; init; }

    public override byte[] ToBytes(IpPacket ip)
    {
        byte[] bytes = [.. new byte[Header], .. Payload];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Source);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Destination);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), Length ?? (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(ChecksumAt), Checksum ?? RightChecksum(ip, bytes));
        return bytes;
    }

    /// <summary>0 stands for none, so what comes out as 0 is written as its other form.</summary>
    internal static ushort RightChecksum(IpPacket ip, ReadOnlySpan<byte> bytes) =>
        InternetChecksum.Of(ip, Udp, bytes) is var sum and not 0 ? sum : (ushort)0xffff;
}
