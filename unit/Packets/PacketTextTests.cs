using KubeProxyNext.Packets;

namespace KubeProxyNext.Unit.Packets;

/// <summary>A text, the bytes it stands for, and the text of these bytes.</summary>
public sealed class PacketTextTests
{
    [TestCase("tcp 198.51.100.7:40000 > 192.0.2.11:30080 S")]
    [TestCase("tcp 198.51.100.7:40000 > 192.0.2.11:30080 SA seq 7 ack 1001 win 100 mss 1460 ttl 63 tos 8 id 5 df")]
    [TestCase("tcp 198.51.100.7:40000 > 192.0.2.11:30080 PA urg 3 opts 0101050a0000000100000002 data hello")]
    [TestCase("tcp [fd00::1]:40000 > [fd00::2]:80 none len 100 tos 16 flow 77")]
    [TestCase("tcp [fd00::1]:1 > [fd00::2]:80 FA ext hop-by-hop ext routing ext destination-options ext authentication")]
    [TestCase("tcp 198.51.100.7:40000 > 192.0.2.11:30080 S ipopts 94040000 vlan 5")]
    [TestCase("udp 198.51.100.7:40000 > 192.0.2.11:53 data hello svlan 9 vlan 5")]
    [TestCase("udp 198.51.100.7:40000 > 192.0.2.11:53 len 9 no-sum trailer 000000")]
    [TestCase("udp 198.51.100.7:40000 > 192.0.2.11:53 udplen 100 len 9 sum 0x1234 reserved ipsum 17")]
    [TestCase("sctp 198.51.100.7:40000 > 192.0.2.11:9 INIT")]
    [TestCase("sctp [fd00::1]:40000 > [fd00::2]:9 DATA tag 7 sum 0x12345678")]
    [TestCase("icmp 198.51.100.7 > 192.0.2.11 echo 7 1 data hello")]
    [TestCase("icmp fd00::1 > fd00::2 echo-reply 7 1 len 8")]
    [TestCase("icmp fd00::1 > fd00::2 too-big 1400 { tcp [fd00::2]:80 > [fd00::1]:40000 A len 60 }")]
    [TestCase("icmp 192.0.2.1 > 192.0.2.11 time-exceeded { udp 192.0.2.11:80 > 198.51.100.7:9 len 60 ttl 1 } ttl 62")]
    [TestCase("icmp 192.0.2.1 > 192.0.2.11 message 5 1 3221225985 { proto 47 192.0.2.11 > 198.51.100.7 hex 00ff }")]
    [TestCase("proto 6 192.0.2.1 > 192.0.2.11 hex 00ff")]
    [TestCase("tcp 192.0.2.1:1 > 192.0.2.11:2 rest 00ff length 60")]
    [TestCase("udp 192.0.2.1:1 > 192.0.2.11:2 eth 02:00:00:00:00:07 > ff:ff:ff:ff:ff:ff")]
    [TestCase("udp [fd00::1]:1 > [fd00::2]:2 udplen 500 len 16 sum 0x0001 frag 0 more 99")]
    [TestCase("proto 17 fd00::1 > fd00::2 hex 00ff frag 24 last 99")]
    public void Text_IsThatOfItsBytes(string text)
    {
        var packet = PacketText.Parse(text, new());

        Assert.That(packet.ToString(), Is.EqualTo(text));
        Assert.That(PacketReader.ReadFrame(packet.ToBytes()).ToString(), Is.EqualTo(text));
    }

    [Test]
    public void Piece_HasItsShareOfTheBytes()
    {
        var whole = Bytes("udp 192.0.2.1:1 > 192.0.2.11:2 len 100");

        var first = PacketText.Parse("udp 192.0.2.1:1 > 192.0.2.11:2 len 100 piece 0 48 7", new());
        var last = PacketText.Parse("udp 192.0.2.1:1 > 192.0.2.11:2 len 100 piece 48 60 7", new());

        Assert.That(first.ToString(), Does.StartWith("udp 192.0.2.1:1 > 192.0.2.11:2 udplen 108 len 40 sum 0x").And.EndsWith(" id 7 mf"));
        Assert.That(last.ToString(), Does.StartWith("proto 17 192.0.2.1 > 192.0.2.11 data ()*+,-./").And.EndsWith(" id 7 off 48"));
        Assert.That((byte[])[.. first.ToBytes()[34..], .. last.ToBytes()[34..]], Is.EqualTo(whole[34..]));
    }

    [Test]
    public void Cut_SaysHowLongThePacketWas() =>
        Assert.That(
            $"{PacketText.Parse("icmp 192.0.2.1 > 192.0.2.11 port-unreachable { tcp 192.0.2.11:80 > 198.51.100.7:9 S cut 8 }", new())}",
            Is.EqualTo("icmp 192.0.2.1 > 192.0.2.11 port-unreachable { tcp 192.0.2.11:80 > 198.51.100.7:9 rest 000003e8 length 40 }"));

    [Test]
    public void Port_WithAName_IsWhateverIsThereFirst()
    {
        var ports = new Ports();
        var actual = PacketText.Parse("tcp 192.0.2.11:61000 > 10.244.2.5:8080 S", new());

        var first = PacketText.Parse("tcp 192.0.2.11:$p > 10.244.2.5:8080 S", new(), ports, actual);
        var later = PacketText.Parse("tcp 10.244.2.5:8080 > 192.0.2.11:$p SA", new(), ports, PacketText.Parse("tcp 10.244.2.5:8080 > 192.0.2.11:7 SA", new()));

        Assert.That(first, Is.EqualTo(actual));
        Assert.That($"{later}", Is.EqualTo("tcp 10.244.2.5:8080 > 192.0.2.11:61000 SA"));
    }

    [Test]
    public void Port_WithAName_IsFoundInWhatIsQuoted()
    {
        var ports = new Ports();
        var actual = PacketText.Parse("icmp 10.0.0.1 > 192.0.2.11 port-unreachable { udp 192.0.2.11:61000 > 10.244.2.5:53 }", new());

        _ = PacketText.Parse("icmp 10.0.0.1 > 192.0.2.11 port-unreachable { udp 192.0.2.11:$p > 10.244.2.5:53 }", new(), ports, actual);

        Assert.That(ports["$p"], Is.EqualTo(61000));
    }

    [Test]
    public void Names_StandForAddresses()
    {
        var book = new AddressBook();
        book.Add("client", KubeProxyNext.Model.IpAddress.Parse("198.51.100.7"));
        book.Add("router", MacAddress.Parse("02:00:00:00:00:07"));

        var packet = PacketText.Parse("udp client:5 > 192.0.2.11:53 eth router > 02:00:00:00:00:08", book);

        Assert.That(PacketText.Print(packet, book), Is.EqualTo("udp client:5 > 192.0.2.11:53 eth router > 02:00:00:00:00:08"));
        Assert.That($"{packet}", Is.EqualTo("udp 198.51.100.7:5 > 192.0.2.11:53 eth 02:00:00:00:00:07 > 02:00:00:00:00:08"));
    }

    [TestCase("tcp 192.0.2.1:1 > ")]
    [TestCase("tcp 192.0.2.1:1 > 192.0.2.11:2 nonsense")]
    [TestCase("gre 192.0.2.1 > 192.0.2.11")]
    [TestCase("udp 192.0.2.1:1 > 192.0.2.11:2 } len 5")]
    public void NoText_IsSaidSo(string text) => Assert.That(() => PacketText.Parse(text, new()), Throws.InstanceOf<FormatException>());

    private static byte[] Bytes(string text) => PacketText.Parse(text, new()).ToBytes();
}
