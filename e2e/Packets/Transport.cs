using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>What an IP packet carries.</summary>
public abstract record Transport(byte Protocol)
{
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Sctp = 132;
    public const byte Icmp = 1;
    public const byte Icmp6 = 58;

    /// <summary>As it lies in the packet <paramref name="ip"/>, whose addresses may be in the checksum.</summary>
    public abstract byte[] ToBytes(IpPacket ip);
}

/// <summary>A transport with ports.</summary>
public abstract record PortTransport(byte Protocol, ushort Source, ushort Destination) : Transport(Protocol);

/// <summary>Anything else: other protocols, later fragments, what is too short for its header.</summary>
public sealed record RawTransport(byte Protocol, ValueArray<byte> Bytes) : Transport(Protocol)
{
    public override byte[] ToBytes(IpPacket ip) => [.. Bytes];
}

/// <summary>A header that ends early, as where an error quotes it: not before its ports.</summary>
/// <param name="Rest">What there is behind the ports.</param>
public sealed record CutTransport(byte Protocol, ushort Source, ushort Destination, ValueArray<byte> Rest)
    : PortTransport(Protocol, Source, Destination)
{
    public override byte[] ToBytes(IpPacket ip) =>
        [(byte)(Source >> 8), (byte)Source, (byte)(Destination >> 8), (byte)Destination, .. Rest];
}
