using System.Text;
using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Packets;

/// <summary>Checksums, against examples of the RFCs and packets that a kernel sent.</summary>
public sealed class ChecksumTests
{
    private const string Syn4 = "ee9451fdf8914e1156b287de08004500003c9bab400040064aa6c6336401c63364028e5a1f90353a7acd00000000a002faf0207a0000"
        + "020405b40402080ae88e91a6000000000103030a";
    private const string Udp4 = "ee9451fdf8914e1156b287de080045000021ecc140004011f99fc6336401c6336402d9620035000d8dff68656c6c6f";
    private const string Error4 = "4e1156b287deee9451fdf891080045c0003d45fe00004001df97c6336402c6336401030351860000000045000021ecc140004011f99f"
        + "c6336401c6336402d9620035000d8dff68656c6c6f";
    private const string Syn6 = "ee9451fdf8914e1156b287de86dd60055f1b00280640fd000000000000000000000000000001fd0000000000000000000000000000029052"
        + "1f90bb3b15a900000000a002fd2094920000020405a00402080a05da35b8000000000103030a";
    private const string Error6 = "4e1156b287deee9451fdf89186dd600133c0003d3a40fd000000000000000000000000000002fd0000000000000000000000000000010104"
        + "e37c000000006000afd3000d1140fd000000000000000000000000000001fd000000000000000000000000000002a1710035000d205768656c6c6f";
    private const string Mld = "333300000016ee9451fdf89186dd600000000038000100000000000000000000000000000000ff0200000000000000000000000000163a00"
        + "0502000001008f0073df0000000204000000ff0200000000000000000001ff00000204000000ff0200000000000000000001fffdf891";

    [TestCase(Syn4, "tcp 198.51.100.1:36442 > 198.51.100.2:8080 S")]
    [TestCase(Udp4, "udp 198.51.100.1:55650 > 198.51.100.2:53 data hello")]
    [TestCase(Error4, "icmp 198.51.100.2 > 198.51.100.1 port-unreachable { udp 198.51.100.1:55650 > 198.51.100.2:53 data hello")]
    [TestCase(Syn6, "tcp [fd00::1]:36946 > [fd00::2]:8080 S")]
    [TestCase(Error6, "icmp fd00::2 > fd00::1 port-unreachable { udp [fd00::1]:41329 > [fd00::2]:53 data hello")]
    [TestCase(Mld, "icmp :: > ff02::16 message 143 0 2")]
    public void KernelsPacket_IsRight(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex);
        var packet = PacketReader.ReadFrame(bytes);

        Assert.That($"{packet}", Does.StartWith(text));
        Assert.That(ChecksumCheck.Wrong(packet.Ip!), Is.Empty);
        Assert.That(packet.ToBytes(), Is.EqualTo(bytes));
    }

    [TestCase(Syn4, "IPv4 header", 14 + 8)]
    [TestCase(Syn4, "TCP", 14 + 20 + 5)]
    [TestCase(Syn4, "IPv4 header, TCP", 14 + 12)]
    [TestCase(Udp4, "UDP", 14 + 20 + 8)]
    [TestCase(Syn6, "TCP", 14 + 24)]
    [TestCase(Error6, "ICMP", 14 + 40 + 4)]
    [TestCase(Error6, "ICMP, quoted UDP", 14 + 40 + 8 + 40 + 8)]
    [TestCase(Error4, "ICMP, quoted IPv4 header", 14 + 20 + 8 + 8)]
    public void ChangedByte_MakesItWrong(string hex, string expected, int at)
    {
        var bytes = Convert.FromHexString(hex);
        bytes[at] ^= 0x10;

        Assert.That(string.Join(", ", ChecksumCheck.Wrong(PacketReader.ReadFrame(bytes).Ip!)), Is.EqualTo(expected));
    }

    [Test]
    public void Sum_OfTheExampleOfRfc1071() =>
        Assert.That(InternetChecksum.Of([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), Is.EqualTo(0xffff - 0xddf2));

    [Test]
    public void Crc_OfTheUsualExample() => Assert.That(Crc32c.Of(Encoding.ASCII.GetBytes("123456789")), Is.EqualTo(0xe3069283));

    [TestCase("sctp 192.0.2.1:1 > 192.0.2.11:2 INIT", "")]
    [TestCase("sctp 192.0.2.1:1 > 192.0.2.11:2 INIT sum 5", "SCTP")]
    [TestCase("udp 192.0.2.1:1 > 192.0.2.11:2 no-sum", "")]
    [TestCase("icmp 192.0.2.1 > 192.0.2.11 time-exceeded { sctp 192.0.2.11:80 > 198.51.100.7:9 DATA sum 0 }", "quoted SCTP")]
    [TestCase("icmp 192.0.2.1 > 192.0.2.11 time-exceeded { sctp 192.0.2.11:80 > 198.51.100.7:9 DATA sum 0 cut 12 }", "")]
    [TestCase("udp 192.0.2.1:1 > 192.0.2.11:2 len 99 piece 0 48 1", "")]
    public void Described_IsWrongWhereTheTextSaysSo(string text, string expected) =>
        Assert.That(string.Join(", ", ChecksumCheck.Wrong(PacketText.Parse(text, new()).Ip!)), Is.EqualTo(expected));
}
