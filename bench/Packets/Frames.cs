using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Bench.Packets;

/// <summary>TCP packets as they lie on the wire between a switch and the node, with right checksums.</summary>
internal static class Frames
{
    /// <summary>The port that every client has: they differ in their addresses.</summary>
    public const ushort ClientPort = 40000;

    /// <summary>Of the node's device, and of whoever is at its other end.</summary>
    public const string NodeMac = "02:00:00:00:00:02", NeighbourMac = "02:00:00:00:00:01";

    private const int DataBytes = 64;

    private static readonly EthernetHeader Link = new(MacAddress.Parse(NeighbourMac), MacAddress.Parse(NodeMac));
    private static readonly ValueArray<byte> Data = [.. new byte[DataBytes]];

    public static byte[] Begin(IpAddress from, IpAddress to, ushort port) =>
        Frame(from, to, new(ClientPort, port, TcpFlags.Syn));

    /// <summary>In the middle of a connection.</summary>
    public static byte[] Continue(IpAddress from, IpAddress to, ushort port) =>
        Frame(from, to, new(ClientPort, port, TcpFlags.Ack | TcpFlags.Psh) { Payload = Data });

    /// <summary>The number of hops that a packet may make: as many as there can be, for a program that takes one off each time.</summary>
    public static int HopsLeft(IpFamily family, ReadOnlySpan<byte> frame) => frame[EthernetHeader.Size + (family == IpFamily.IPv4 ? 8 : 7)];

    /// <summary>Whether the packet goes to the neighbour whose address is remembered, and not to one whom the kernel has to look up.</summary>
    public static bool HasNewLink(ReadOnlySpan<byte> frame) => MacAddress.Read(frame) != Link.Destination;

    private static byte[] Frame(IpAddress from, IpAddress to, TcpSegment segment) =>
        new Packet(Link, new IpPacket(from, to, segment) { Ttl = byte.MaxValue, DontFragment = true }).ToBytes();
}
