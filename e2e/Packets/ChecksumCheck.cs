namespace KubeProxyNext.Packets;

/// <summary>Says which checksums of a packet are wrong, those in what an error quotes among them.</summary>
public static class ChecksumCheck
{
    /// <summary>Empty where all are right that can be held against something: not those of fragments, nor of what is quoted in part.</summary>
    public static IEnumerable<string> Wrong(IpPacket ip)
    {
        if (ip.HeaderChecksum is not null)
        {
            yield return "IPv4 header";
        }

        var whole = !ip.IsFragment && ip.Length is null;
        if (whole && WrongTransport(ip.Transport) is { } wrong)
        {
            yield return wrong;
        }

        if (ip.Transport is IcmpMessage { Quoted: { } quoted })
        {
            foreach (var inside in Wrong(quoted))
            {
                yield return $"quoted {inside}";
            }
        }
    }

    // UDP without a checksum is as it should be in IPv4; in IPv6 no receiver takes it.
    private static string? WrongTransport(Transport transport) => transport switch
    {
        TcpSegment { Checksum: not null } => "TCP",
        UdpDatagram { Checksum: not null and not 0, Length: null } => "UDP",
        SctpPacket { Checksum: not null } => "SCTP",
        IcmpMessage { Checksum: not null } => "ICMP",
        _ => null,
    };
}
