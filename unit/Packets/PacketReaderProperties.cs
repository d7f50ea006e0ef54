using FsCheck;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Packets;

/// <summary>Nothing of a packet is lost by reading it, however broken it is.</summary>
public sealed class PacketReaderProperties
{
    private static readonly string[] Texts =
    [
        "tcp 198.51.100.7:40000 > 192.0.2.11:30080 S mss 1460 vlan 5",
        "udp [fd00::1]:1 > [fd00::2]:2 len 30 ext hop-by-hop frag 0 more 99 ext destination-options",
        "sctp [fd00::1]:40000 > [fd00::2]:9 INIT ext authentication",
        "icmp 192.0.2.1 > 192.0.2.11 time-exceeded { udp 192.0.2.11:80 > 198.51.100.7:9 len 60 ttl 1 ipopts 94040000 }",
        "icmp fd00::1 > fd00::2 too-big 1400 { tcp [fd00::2]:80 > [fd00::1]:40000 A len 60 cut 20 }",
    ];

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public void MutatedBytes_AreWhatIsReadFromThem(NonNegativeInt text, PositiveInt length, (byte At, byte Value)[] changes)
    {
        var whole = PacketText.Parse(Texts[text.Get % Texts.Length], new()).ToBytes();
        var bytes = whole[..(EthernetHeader.Size + length.Get % (whole.Length - EthernetHeader.Size + 1))];
        foreach (var (at, value) in changes)
        {
            bytes[at % bytes.Length] = value;
        }

        Assert.That(PacketReader.ReadFrame(bytes).ToBytes(), Is.EqualTo(bytes));
    }
}
