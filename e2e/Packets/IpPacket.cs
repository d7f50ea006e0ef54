using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>A packet of either family, or one piece of it. Lengths and checksums that are null are the right ones.</summary>
public sealed record IpPacket(IpAddress Source, IpAddress Destination, Transport Transport)
{
    internal const int IPv4Header = 20;
    internal const int IPv6Header = 40;

    /// <summary>Time to live, or hop limit.</summary>
    public byte Ttl { get; init; } = 64;

    public byte TrafficClass { get; init; }

    /// <summary>IPv4 alone: IPv6 has it in the fragment header.</summary>
    public ushort Id { get; init; }

    public bool DontFragment { get; init; }

    /// <summary>The bit before <see cref="DontFragment"/>.</summary>
    public bool ReservedFlag { get; init; }

    /// <summary>IPv4 alone, as all that follows up to <see cref="Options"/>.</summary>
    public bool MoreFragments { get; init; }

    /// <summary>In bytes.</summary>
    public int FragmentOffset { get; init; }

    public ushort? HeaderChecksum { get; init; }

    /// <summary>A multiple of 4 bytes.</summary>
    public ValueArray<byte> Options { get; init; }

    /// <summary>IPv6 alone.</summary>
    public ValueArray<Extension> Extensions { get; init; }

    public uint FlowLabel { get; init; }

    /// <summary>What the header says, where that is not so: IPv4's total length, IPv6's payload length.</summary>
    public ushort? Length { get; init; }

    /// <summary>What follows behind the length that the header says.</summary>
    public ValueArray<byte> Trailer { get; init; }

    public bool IsIPv4 => Source.Family == IpFamily.IPv4;

    /// <summary>Whether it is a piece of a larger packet.</summary>
    public bool IsFragment => MoreFragments || FragmentOffset != 0 || HasFragmentHeader(header => header.More || header.Offset != 0);

    /// <summary>Whether the transport's header is elsewhere.</summary>
    public bool IsLaterFragment => FragmentOffset != 0 || HasFragmentHeader(header => header.Offset != 0);

    public byte[] ToBytes()
    {
        var carried = Transport.ToBytes(this);
        return [.. IsIPv4 ? IPv4Bytes(carried.Length) : IPv6Bytes(carried.Length), .. carried, .. Trailer];
    }

    /// <summary>The first bytes of the packet, as an ICMP error quotes them.</summary>
    /// <param name="carried">How many bytes behind the headers of IP.</param>
    public IpPacket Cut(int carried)
    {
        var bytes = ToBytes();
        return PacketReader.ReadIp(bytes.AsSpan(0, bytes.Length - Transport.ToBytes(this).Length - Trailer.Count + carried))!;
    }

    /// <summary>One fragment of the packet.</summary>
    /// <param name="offset">Where it begins behind the headers of IP: a multiple of 8 bytes.</param>
    /// <param name="length">How many bytes it has, where there are so many.</param>
    /// <param name="id">By which its pieces are known.</param>
    public IpPacket Piece(int offset, int length, uint id)
    {
        var whole = Transport.ToBytes(this);
        var carried = new RawTransport(Transport.Protocol, [.. whole.Skip(offset).Take(length)]);
        var more = offset + length < whole.Length;
        var piece = IsIPv4
            ? this with { Transport = carried, Id = (ushort)id, MoreFragments = more, FragmentOffset = offset }
            : this with { Transport = carried, Extensions = [.. Extensions, Extension.FragmentAt(offset, more, id)] };
        return PacketReader.ReadIp(piece.ToBytes())!;
    }

    // There may be several, of which some say that the packet is whole.
    private bool HasFragmentHeader(Func<Extension, bool> isSo)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Protocol == Extension.Fragment && isSo(extension))
            {
                return true;
            }
        }

        return false;
    }

    private byte[] IPv4Bytes(int carried)
    {
        var header = new byte[IPv4Header + Options.Count];
        header[0] = (byte)(0x40 | header.Length / 4);
        header[1] = TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), Length ?? (ushort)(header.Length + carried));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), Id);
        BinaryPrimitives.WriteUInt16BigEndian(
            header.AsSpan(6), (ushort)((ReservedFlag ? 0x8000 : 0) | (DontFragment ? 0x4000 : 0) | (MoreFragments ? 0x2000 : 0) | FragmentOffset / 8));
        header[8] = Ttl;
        header[9] = Transport.Protocol;
        Source.WriteBytes(header.AsSpan(12));
        Destination.WriteBytes(header.AsSpan(16));
        Options.AsSpan().CopyTo(header.AsSpan(IPv4Header));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), HeaderChecksum ?? InternetChecksum.Of(header));
        return header;
    }

    private byte[] IPv6Bytes(int carried)
    {
        var extensions = new List<byte>();
        for (var index = 0; index < Extensions.Count; index++)
        {
            extensions.AddRange(Extensions[index].ToBytes(index + 1 < Extensions.Count ? Extensions[index + 1].Protocol : Transport.Protocol));
        }

        var header = new byte[IPv6Header];
        BinaryPrimitives.WriteUInt32BigEndian(header, 6u << 28 | (uint)TrafficClass << 20 | FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), Length ?? (ushort)(extensions.Count + carried));
        header[6] = Extensions.IsEmpty ? Transport.Protocol : Extensions[0].Protocol;
        header[7] = Ttl;
        Source.WriteBytes(header.AsSpan(8));
        Destination.WriteBytes(header.AsSpan(24));
        return [.. header, .. extensions];
    }
}
