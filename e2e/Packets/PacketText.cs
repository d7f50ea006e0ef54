namespace KubeProxyNext.Packets;

/// <summary>
/// Packets as a person would write them: <c>tcp 198.51.100.7:40000 > 192.0.2.11:30080 S ttl 63 data hello</c>. What a text does not say
/// has a default. A port may be <c>$name</c>: it is whatever the packet at hand has there first, and the same ever after.
/// <para>
/// First the protocol (<c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c>, <c>proto N</c>), source and destination, then in any order:
/// </para>
/// <list type="bullet">
/// <item>IP: <c>ttl N</c>, <c>tos N</c>, <c>flow N</c>, <c>id N</c>, <c>df</c>, <c>mf</c>, <c>reserved</c>, <c>off BYTES</c>, <c>ipopts HEX</c>,
/// <c>ext NAME</c>, <c>frag OFF more|last ID</c>, <c>length N</c>, <c>ipsum N</c>, <c>trailer HEX</c></item>
/// <item>the frame: <c>vlan N</c>, <c>svlan N</c>, <c>eth A > B</c>, <c>type N</c></item>
/// <item>TCP: flags (<c>S</c>, <c>SA</c>, <c>FA</c>, <c>none</c>), <c>seq N</c>, <c>ack N</c>, <c>win N</c>, <c>urg N</c>, <c>mss N</c>, <c>opts HEX</c></item>
/// <item>SCTP: a chunk (<c>INIT</c>, <c>DATA</c>, ...), <c>chunks HEX</c>, <c>tag N</c></item>
/// <item>ICMP: <c>echo ID SEQ</c>, <c>echo-reply ID SEQ</c>, <c>too-big MTU</c>, <c>port-unreachable</c>, <c>host-unreachable</c>,
/// <c>time-exceeded</c>, <c>message TYPE CODE REST</c>, and <c>{ the quoted packet }</c></item>
/// <item>payload: <c>data TEXT</c> (without blanks), <c>len N</c> (a pattern), <c>hex HEX</c>; <c>sum N</c>, <c>no-sum</c>; <c>udplen N</c>;
/// <c>rest HEX</c> (a header that ends behind its ports)</item>
/// <item>at the end: <c>cut N</c> (only N bytes behind the headers of IP), <c>piece OFF LEN ID</c> (a fragment)</item>
/// </list>
/// Numbers are decimal, or hexadecimal with <c>0x</c>.
/// </summary>
public static class PacketText
{
    /// <exception cref="FormatException">The text is none.</exception>
    public static Packet Parse(string text, AddressBook book, Ports? ports = null, Packet? actual = null) =>
        new PacketParser(text, book, ports ?? new()).Parse(actual?.Ip);

    /// <summary>The text, without what is as it would be anyway.</summary>
    public static string Print(Packet packet, AddressBook book) => new PacketPrinter(book).Print(packet);
}
