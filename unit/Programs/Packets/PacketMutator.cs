using KubeProxyNext.Model;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>Makes other packets of packets: most of them broken in some way, and all of them reproducible by the seed of chance.</summary>
internal sealed class PacketMutator(Random chance, IpAddress[] addresses)
{
    private const int MostMutations = 3;
    private static readonly ushort[] Ports = [80, 8080, 30080, 40000, 50000, 50999, 0, 65535];
    private static readonly byte[] Values = [0, 1, 0x7f, 0x80, 0xff];

    /// <summary>The packet with some changes, perhaps none; half of the time with checksums that are right for them.</summary>
    internal byte[] Mutate(byte[] packet)
    {
        byte[] bytes = [.. packet];
        for (var left = chance.Next(MostMutations + 1); left > 0; left--)
        {
            bytes = chance.Next(9) switch
            {
                0 => Flip(bytes),
                1 => SetByte(bytes),
                2 => Truncate(bytes),
                3 => [.. bytes, .. new byte[chance.Next(64)]],
                4 => Tag(bytes),
                _ => ChangeField(bytes),
            };
        }

        return chance.Next(2) == 0 ? bytes : Repair(bytes);
    }

    /// <summary>The packet with all checksums right, as far as it can be understood.</summary>
    internal static byte[] Repair(byte[] bytes)
    {
        var packet = PacketReader.ReadFrame(bytes);
        return packet.Ip is null ? bytes : (packet with { Ip = Repair(packet.Ip) }).ToBytes();
    }

    private static IpPacket Repair(IpPacket ip) => ip with
    {
        HeaderChecksum = null,
        Transport = ip.IsFragment || ip.Length is not null ? ip.Transport : ip.Transport switch
        {
            TcpSegment tcp => tcp with { Checksum = null },
            UdpDatagram { Checksum: not 0 } udp => udp with { Checksum = null },
            SctpPacket sctp => sctp with { Checksum = null },
            IcmpMessage icmp => icmp with { Checksum = null, Quoted = icmp.Quoted is null ? null : Repair(icmp.Quoted) },
            _ => ip.Transport,
        },
    };

    // The head is where the fields are.
    private int At(byte[] bytes) => chance.Next(4) == 0 ? chance.Next(bytes.Length) : chance.Next(Math.Min(bytes.Length, 100));

    private byte[] Flip(byte[] bytes)
    {
        bytes[At(bytes)] ^= (byte)(1 << chance.Next(8));
        return bytes;
    }

    private byte[] SetByte(byte[] bytes)
    {
        bytes[At(bytes)] = chance.Next(2) == 0 ? (byte)chance.Next(256) : Values[chance.Next(Values.Length)];
        return bytes;
    }

    private byte[] Truncate(byte[] bytes) => bytes[..(EthernetHeader.Size + chance.Next(bytes.Length - EthernetHeader.Size + 1))];

    private byte[] Tag(byte[] bytes) => [.. bytes[..12], 0x81, 0, 0, (byte)chance.Next(2), .. bytes[12..]];

    // By what the packet says it is: the same again with one field another.
    private byte[] ChangeField(byte[] bytes)
    {
        var packet = PacketReader.ReadFrame(bytes);
        return packet.Ip is null ? Flip(bytes) : (packet with { Ip = ChangeField(packet.Ip) }).ToBytes();
    }

    private IpPacket ChangeField(IpPacket ip) => chance.Next(12) switch
    {
        0 => ip with { Ttl = Values[chance.Next(Values.Length)] },
        1 => ip with { Source = AddressFor(ip) },
        2 => ip with { Destination = AddressFor(ip) },
        3 => ip with { Length = (ushort)chance.Next(200) },
        4 when ip.IsIPv4 => ip with { FragmentOffset = 8 * chance.Next(3), MoreFragments = chance.Next(2) == 0 },
        4 => ip with { Extensions = [.. ip.Extensions, Extension.FragmentAt(8 * chance.Next(3), chance.Next(2) == 0, 7)] },
        5 when ip.IsIPv4 => ip with { Options = [.. new byte[4 * chance.Next(11)].Select(_ => (byte)1)] },
        5 => ip with { Extensions = [.. ip.Extensions, new(Extension.DestinationOptions, [.. new byte[8 * chance.Next(1, 9) - 2]])] },
        6 => ip with { DontFragment = true },
        7 => ip with { Transport = new RawTransport((byte)chance.Next(256), [.. ip.Transport.ToBytes(ip)]) },
        8 => Quote(ip),
        _ => ip with { Transport = ChangeField(ip.Transport) },
    };

    // An error about the packet, to who sent it.
    private IpPacket Quote(IpPacket ip)
    {
        var icmp = ip.IsIPv4 ? new IcmpMessage(Transport.Icmp, 3, 4, 1400) : new IcmpMessage(Transport.Icmp6, 2, 0, 1400);
        return new(AddressFor(ip), ip.Source, icmp with { Quoted = ip });
    }

    private Transport ChangeField(Transport transport) => transport switch
    {
        TcpSegment tcp => chance.Next(4) switch
        {
            0 => tcp with { Source = Port() },
            1 => tcp with { Destination = Port() },
            2 => tcp with { Flags = (TcpFlags)chance.Next(0x200) },
            _ => tcp with { Payload = [.. new byte[chance.Next(1500)]] },
        },
        UdpDatagram udp => chance.Next(5) switch
        {
            0 => udp with { Source = Port() },
            1 => udp with { Destination = Port() },
            2 => udp with { Length = (ushort)chance.Next(100) },
            3 => udp with { Checksum = 0 },
            _ => udp with { Payload = [.. new byte[chance.Next(1500)]] },
        },
        SctpPacket sctp => chance.Next(3) switch
        {
            0 => sctp with { Source = Port() },
            1 => sctp with { Destination = Port() },
            _ => sctp with { Chunks = SctpPacket.Known.Values.ElementAt(chance.Next(SctpPacket.Known.Count)) },
        },
        IcmpMessage { Quoted: { } quoted } icmp => icmp with { Quoted = ChangeField(quoted) },
        IcmpMessage icmp => icmp with { Type = (byte)chance.Next(256), Code = (byte)chance.Next(8) },
        _ => transport,
    };

    private IpAddress AddressFor(IpPacket ip) =>
        addresses[chance.Next(addresses.Length)] is var address && address.Family == ip.Source.Family ? address : ip.Source;

    private ushort Port() => Ports[chance.Next(Ports.Length)];
}
