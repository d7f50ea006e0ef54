using System.Text;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>Reads the text of one packet; see <see cref="PacketText"/>.</summary>
internal sealed class PacketParser(string text, AddressBook book, Ports ports)
{
    private readonly PacketWords _words = new(text);
    private readonly List<VlanTag> _vlans = [];
    private EthernetHeader? _link = book.Link;
    private ushort? _type;

    internal Packet Parse(IpPacket? actual)
    {
        var ip = ParseIp(actual);
        return _words.AtEnd
            ? new(_link is null ? null : _link with { Vlans = [.. _vlans] }, ip) { Type = _type }
            : throw new FormatException($"'}}' too many in '{text}'");
    }

    private IpPacket ParseIp(IpPacket? actual)
    {
        var protocol = _words.Next();
        var number = protocol == "proto" ? (byte)_words.Number() : (byte)0;
        var (sourceHost, sourcePort) = AddressBook.Split(_words.Next());
        _words.Skip(">");
        var (destinationHost, destinationPort) = AddressBook.Split(_words.Next());
        var ip = new IpPacket(book.Address(sourceHost), book.Address(destinationHost), new RawTransport(number, default));
        var found = actual?.Transport as PortTransport;
        var (source, destination) = (Port(sourcePort, found?.Source), Port(destinationPort, found?.Destination));
        ip = ip with
        {
            Transport = protocol switch
            {
                "tcp" => new TcpSegment(source, destination, TcpFlags.None),
                "udp" => new UdpDatagram(source, destination),
                "sctp" => new SctpPacket(source, destination, default),
                "icmp" => new IcmpMessage(ip.IsIPv4 ? Transport.Icmp : Transport.Icmp6, 0, 0, 0),
                "proto" => ip.Transport,
                _ => throw _words.Unknown(protocol),
            },
        };
        while (!_words.AtEnd && _words.Next() is var word and not "}")
        {
            ip = word == "{" ? Quote(ip, actual) : TryFrame(word) ? ip : TryIp(ip, word) ?? ip with { Transport = ParseTransport(ip, word) };
        }

        return ip;
    }

    private ushort Port(string? port, ushort? found) => port switch
    {
        null => 0,
        _ when port[0] == '$' => ports.Find(port, found),
        _ => ushort.Parse(port, System.Globalization.CultureInfo.InvariantCulture),
    };

    private IpPacket Quote(IpPacket ip, IpPacket? actual)
    {
        var quoted = ParseIp((actual?.Transport as IcmpMessage)?.Quoted);
        return ip with { Transport = (IcmpMessage)ip.Transport with { Quoted = quoted } };
    }

    private bool TryFrame(string word)
    {
        switch (word)
        {
            case "vlan":
                _vlans.Add(new(VlanTag.Customer, (ushort)_words.Number()));
                return true;
            case "svlan":
                _vlans.Add(new(VlanTag.Provider, (ushort)_words.Number()));
                return true;
            case "type":
                _type = (ushort)_words.Number();
                return true;
            case "eth":
                var source = book.Mac(_words.Next());
                _words.Skip(">");
                _link = new(source, book.Mac(_words.Next()));
                return true;
            default:
                return false;
        }
    }

    private IpPacket? TryIp(IpPacket ip, string word) => word switch
    {
        "ttl" => ip with { Ttl = (byte)_words.Number() },
        "tos" => ip with { TrafficClass = (byte)_words.Number() },
        "flow" => ip with { FlowLabel = _words.Number() },
        "id" => ip with { Id = (ushort)_words.Number() },
        "df" => ip.IsIPv4 ? ip with { DontFragment = true } : ip, // IPv6 never fragments on the way
        "mf" => ip with { MoreFragments = true },
        "reserved" => ip with { ReservedFlag = true },
        "off" => ip with { FragmentOffset = (int)_words.Number() },
        "ipopts" => ip with { Options = _words.Bytes() },
        "length" => ip with { Length = (ushort)_words.Number() },
        "ipsum" => ip with { HeaderChecksum = (ushort)_words.Number() },
        "trailer" => ip with { Trailer = _words.Bytes() },
        "ext" => ip with { Extensions = [.. ip.Extensions, ReadExtension()] },
        "frag" => ip with { Extensions = [.. ip.Extensions, ReadFragment()] },
        "cut" => ip.Cut((int)_words.Number()),
        "piece" => ip.Piece((int)_words.Number(), (int)_words.Number(), _words.Number()),
        _ => null,
    };

    private Extension ReadExtension()
    {
        var name = _words.Next();
        return Extension.Known.TryGetValue(name, out var known) ? known
            : name.Split(':') is [var number, var body] ? new(byte.Parse(number, System.Globalization.CultureInfo.InvariantCulture), [.. Convert.FromHexString(body)])
            : throw _words.Unknown(name);
    }

    private Extension ReadFragment() => Extension.FragmentAt((int)_words.Number(), _words.Next() == "more", _words.Number());

    private Transport ParseTransport(IpPacket ip, string word) => ip.Transport switch
    {
        _ when word == "rest" && ip.Transport is PortTransport given =>
            new CutTransport(given.Protocol, given.Source, given.Destination, _words.Bytes()),
        TcpSegment tcp => ParseTcp(tcp, word),
        UdpDatagram udp => word switch
        {
            "sum" => udp with { Checksum = (ushort)_words.Number() },
            "no-sum" => udp with { Checksum = 0 },
            "udplen" => udp with { Length = (ushort)_words.Number() },
            _ => udp with { Payload = Payload(word) },
        },
        SctpPacket sctp => word switch
        {
            "tag" => sctp with { Tag = _words.Number() },
            "sum" => sctp with { Checksum = _words.Number() },
            "chunks" => sctp with { Chunks = _words.Bytes() },
            _ => sctp with { Chunks = SctpPacket.Known.TryGetValue(word, out var chunk) ? chunk : throw _words.Unknown(word) },
        },
        IcmpMessage icmp => ParseIcmp(icmp, ip.IsIPv4, word),
        RawTransport raw => raw with { Bytes = Payload(word) },
        _ => throw _words.Unknown(word),
    };

    private TcpSegment ParseTcp(TcpSegment tcp, string word) => word switch
    {
        "seq" => tcp with { Sequence = _words.Number() },
        "ack" => tcp with { Acknowledged = _words.Number() },
        "win" => tcp with { Window = (ushort)_words.Number() },
        "urg" => tcp with { Urgent = (ushort)_words.Number() },
        "opts" => tcp with { Options = _words.Bytes() },
        "mss" => tcp with { Options = Mss((ushort)_words.Number()) },
        "sum" => tcp with { Checksum = (ushort)_words.Number() },
        "flags" => tcp with { Flags = (TcpFlags)_words.Number() },
        _ => PacketWords.Flags(word) is { } flags ? tcp with { Flags = flags } : tcp with { Payload = Payload(word) },
    };

    private IcmpMessage ParseIcmp(IcmpMessage icmp, bool isIPv4, string word)
    {
        if (IcmpKind.ByName.TryGetValue(word, out var kind))
        {
            var (type, code) = kind.In(isIPv4);
            return icmp with { Type = type, Code = code, Rest = kind.Numbers switch { 0 => 0, 1 => _words.Number(), _ => _words.Number() << 16 | _words.Number() } };
        }

        return word switch
        {
            "sum" => icmp with { Checksum = (ushort)_words.Number() },
            "message" => icmp with { Type = (byte)_words.Number(), Code = (byte)_words.Number(), Rest = _words.Number() },
            _ => icmp with { Payload = Payload(word) },
        };
    }

    internal static ValueArray<byte> Mss(ushort mss) => [2, 4, (byte)(mss >> 8), (byte)mss];

    private ValueArray<byte> Payload(string word) => word switch
    {
        "data" => [.. Encoding.ASCII.GetBytes(_words.Next())],
        "len" => PacketWords.Pattern((int)_words.Number()),
        "hex" => _words.Bytes(),
        _ => throw _words.Unknown(word),
    };
}
