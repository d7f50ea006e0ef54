using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

public sealed record TcpSegment(ushort Source, ushort Destination, TcpFlags Flags) : PortTransport(Tcp, Source, Destination)
{
    internal const int Header = 20;
    internal const int ChecksumAt = 16;

    public uint Sequence { get; init; } = 1000;

    public uint Acknowledged { get; init; }

    public ushort Window { get; init; } = 64240;

    public ushort Urgent { get; init; }

    /// <summary>A multiple of 4 bytes.</summary>
    public ValueArray<byte> Options { get; init; }

    public ValueArray<byte> Payload { get; init; }

    /// <summary>Null where it is right.</summary>
    public ushort? Checksum { get; init; }

    public override byte[] ToBytes(IpPacket ip)
    {
        byte[] bytes = [.. new byte[Header], .. Options, .. Payload];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Source);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Destination);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Acknowledged);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), (ushort)((Header + Options.Count) / 4 << 12 | (int)Flags));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), Window);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(18), Urgent);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(ChecksumAt), Checksum ?? InternetChecksum.Of(ip, Tcp, bytes));
        return bytes;
    }
}
