using System.Buffers.Binary;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>A packet as it lies on the wire, described: <see cref="ToBytes"/> and <see cref="PacketReader"/> are each other's reverse.</summary>
/// <param name="Link">Null on devices that have no link layer.</param>
/// <param name="Ip">Null where it is no IP packet, or its header is broken.</param>
public sealed record Packet(EthernetHeader? Link, IpPacket? Ip)
{
    /// <summary>What the link layer says that it carries; null where it is what <see cref="Ip"/> is.</summary>
    public ushort? Type { get; init; }

    /// <summary>What it carries instead of <see cref="Ip"/>.</summary>
    public ValueArray<byte> Rest { get; init; }

    /// <summary>Those of <see cref="IpPacket.IsIPv4"/>'s families.</summary>
    internal static ushort TypeOf(IpPacket? ip) => ip is null ? (ushort)0 : ip.IsIPv4 ? (ushort)0x0800 : (ushort)0x86dd;

    public byte[] ToBytes()
    {
        byte[] carried = Ip is null ? [.. Rest] : Ip.ToBytes();
        return Link is null ? carried : [.. LinkBytes(Link), .. carried];
    }

    /// <summary>The text that <see cref="PacketText.Parse"/> reads.</summary>
    public override string ToString() => PacketText.Print(this, new AddressBook());

    private byte[] LinkBytes(EthernetHeader link)
    {
        var bytes = new byte[EthernetHeader.Size + 4 * link.Vlans.Count];
        link.Destination.Write(bytes);
        link.Source.Write(bytes.AsSpan(MacAddress.Length));
        var at = 2 * MacAddress.Length;
        foreach (var vlan in link.Vlans)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), vlan.Type);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 2), vlan.Id);
            at += 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), Type ?? TypeOf(Ip));
        return bytes;
    }
}
