using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <param name="Chunks">All of them, as they lie there.</param>
public sealed record SctpPacket(ushort Source, ushort Destination, ValueArray<byte> Chunks) : PortTransport(Sctp, Source, Destination)
{
    internal const int Header = 12;
    internal const int ChecksumAt = 8;

    /// <summary>Chunks as a text names them, with the fields that they must have.</summary>
    public static readonly IReadOnlyDictionary<string, ValueArray<byte>> Known = new Dictionary<string, ValueArray<byte>>
    {
        ["INIT"] = [1, 0, 0, 20, 0, 0, 0, 7, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1],
        ["INIT-ACK"] = [2, 0, 0, 28, 0, 0, 0, 8, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1, 0, 7, 0, 8, 1, 2, 3, 4],
        ["DATA"] = [0, 3, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8],
        ["SACK"] = [3, 0, 0, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0],
        ["HEARTBEAT"] = [4, 0, 0, 12, 0, 1, 0, 8, 1, 1, 1, 1],
        ["HEARTBEAT-ACK"] = [5, 0, 0, 12, 0, 1, 0, 8, 1, 1, 1, 1],
        ["ABORT"] = [6, 0, 0, 4],
        ["SHUTDOWN"] = [7, 0, 0, 8, 0, 0, 0, 1],
        ["SHUTDOWN-ACK"] = [8, 0, 0, 4],
        ["COOKIE-ECHO"] = [10, 0, 0, 8, 1, 2, 3, 4],
        ["COOKIE-ACK"] = [11, 0, 0, 4],
        ["SHUTDOWN-COMPLETE"] = [14, 0, 0, 4],
    };

    /// <summary>The verification tag.</summary>
    public uint Tag { get; init; }

    /// <summary>Null where it is right.</summary>
    public uint? Checksum { get; init; }

    public override byte[] ToBytes(IpPacket ip)
    {
        byte[] bytes = [.. new byte[Header], .. Chunks];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Source);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Destination);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Checksum ?? Crc32c.Of(bytes));
        return bytes;
    }
}
