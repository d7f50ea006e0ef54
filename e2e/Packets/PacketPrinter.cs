using System.Globalization;
using System.Text;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>Writes the text of a packet, leaving out what <see cref="PacketParser"/> takes for granted.</summary>
internal sealed class PacketPrinter(AddressBook book)
{
    private readonly StringBuilder _text = new();

    internal string Print(Packet packet)
    {
        if (packet.Ip is null)
        {
            Write($"no packet of IP: {Convert.ToHexStringLower(packet.ToBytes())}");
        }
        else
        {
            PrintIp(packet.Ip);
            PrintLink(packet);
        }

        return _text.ToString();
    }

    private void PrintLink(Packet packet)
    {
        foreach (var vlan in packet.Link?.Vlans ?? default)
        {
            Write($" {(vlan.Type == VlanTag.Provider ? "svlan" : "vlan")} {vlan.Id}");
        }

        if (packet.Type is { } type)
        {
            Write($" type 0x{type:x4}");
        }

        if (packet.Link is { } link && link with { Vlans = default } != book.Link)
        {
            Write($" eth {book.Name(link.Source)} > {book.Name(link.Destination)}");
        }
    }

    private void PrintIp(IpPacket ip)
    {
        PrintTransport(ip);
        Optional("ttl", ip.Ttl, 64);
        Optional("tos", ip.TrafficClass, 0);
        Optional("flow", ip.FlowLabel, 0);
        Optional("id", ip.Id, 0);
        Write($"{(ip.DontFragment ? " df" : "")}{(ip.MoreFragments ? " mf" : "")}{(ip.ReservedFlag ? " reserved" : "")}");
        Optional("off", (uint)ip.FragmentOffset, 0);
        Optional("ipopts", ip.Options);
        foreach (var extension in ip.Extensions)
        {
            Print(extension);
        }

        Optional("length", ip.Length, null);
        Optional("ipsum", ip.HeaderChecksum, null);
        Optional("trailer", ip.Trailer);
    }

    private void Print(Extension extension)
    {
        var known = Extension.Known.FirstOrDefault(known => known.Value == extension).Key;
        Write(extension.Protocol == Extension.Fragment
            ? $" frag {extension.Offset} {(extension.More ? "more" : "last")} {extension.Id}"
            : $" ext {known ?? $"{extension.Protocol}:{PacketWords.Hex(extension.Body)}"}");
    }

    private void PrintTransport(IpPacket ip)
    {
        Write($"{NameOf(ip.Transport)} ");
        Write(ip.Transport is PortTransport ports
            ? $"{book.Join(ip.Source, ports.Source)} > {book.Join(ip.Destination, ports.Destination)}"
            : $"{book.Name(ip.Source)} > {book.Name(ip.Destination)}");
        switch (ip.Transport)
        {
            case TcpSegment tcp:
                PrintTcp(tcp);
                break;
            case UdpDatagram udp:
                Optional("udplen", udp.Length, null);
                Write($"{PacketWords.Payload(udp.Payload)}");
                PrintSum(udp.Checksum, noSum: 0);
                break;
            case SctpPacket sctp:
                Write($" {SctpPacket.Known.FirstOrDefault(known => known.Value == sctp.Chunks).Key ?? $"chunks {PacketWords.Hex(sctp.Chunks)}"}");
                Optional("tag", sctp.Tag, 0);
                PrintSum(sctp.Checksum);
                break;
            case IcmpMessage icmp:
                PrintIcmp(icmp);
                break;
            case CutTransport cut:
                Write($" rest {PacketWords.Hex(cut.Rest)}");
                break;
            case RawTransport raw:
                Write($"{PacketWords.Payload(raw.Bytes)}");
                break;
        }
    }

    private void PrintTcp(TcpSegment tcp)
    {
        Write($" {((int)tcp.Flags < 256 ? PacketWords.Print(tcp.Flags) : $"flags {(int)tcp.Flags}")}");
        Optional("seq", tcp.Sequence, 1000);
        Optional("ack", tcp.Acknowledged, 0);
        Optional("win", tcp.Window, 64240);
        Optional("urg", tcp.Urgent, 0);
        if (tcp.Options.Count == 4 && tcp.Options.AsSpan().StartsWith((ReadOnlySpan<byte>)[2, 4]))
        {
            Write($" mss {tcp.Options[2] << 8 | tcp.Options[3]}");
        }
        else
        {
            Optional("opts", tcp.Options);
        }

        Write($"{PacketWords.Payload(tcp.Payload)}");
        PrintSum(tcp.Checksum);
    }

    private void PrintIcmp(IcmpMessage icmp)
    {
        Write($" {IcmpKind.Print(icmp)}{PacketWords.Payload(icmp.Payload)}");
        PrintSum(icmp.Checksum);
        if (icmp.Quoted is not null)
        {
            Write($" {{ ");
            PrintIp(icmp.Quoted);
            Write($" }}");
        }
    }

    private static string NameOf(Transport transport) => transport switch
    {
        IcmpMessage => "icmp",
        PortTransport { Protocol: Transport.Tcp } => "tcp",
        PortTransport { Protocol: Transport.Udp } => "udp",
        PortTransport => "sctp",
        _ => $"proto {transport.Protocol}",
    };

    private void PrintSum(uint? sum, uint? noSum = null) =>
        Write(sum is null ? $"" : sum == noSum ? $" no-sum" : $" sum 0x{sum:x4}");

    private void Optional(string word, uint? value, uint? expected)
    {
        if (value != expected)
        {
            Write($" {word} {value}");
        }
    }

    private void Optional(string word, ValueArray<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Write($" {word} {PacketWords.Hex(bytes)}");
        }
    }

    private void Write(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));
    private void Write(string text) => _text.Append(text);
}
