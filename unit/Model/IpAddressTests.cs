using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Model;

public sealed class IpAddressTests
{
    [TestCase("10.96.0.10", "10.96.0.10")]
    [TestCase("10.96.000.010", "10.96.0.10", Description = "leading zeros are decimal")]
    [TestCase("203.0.113.007", "203.0.113.7")]
    [TestCase("::ffff:192.0.2.1", "192.0.2.1", Description = "IPv4-mapped is IPv4")]
    [TestCase("::ffff:192.0.002.010", "192.0.2.10")]
    [TestCase("::FFFF:c000:201", "192.0.2.1")]
    [TestCase("2001:DB8:0::1", "2001:db8::1")]
    [TestCase("64:ff9b::192.0.2.1", "64:ff9b::c000:201")]
    [TestCase("::", "::")]
    [TestCase("0.0.0.0", "0.0.0.0")]
    [TestCase("255.255.255.255", "255.255.255.255")]
    public void Parse_Address_IsCanonical(string text, string canonical)
    {
        Assert.That(IpAddress.TryParse(text, out var address), Is.True);
        Assert.That(address.ToString(), Is.EqualTo(canonical));
    }

    [TestCase("")]
    [TestCase(" 10.0.0.1")]
    [TestCase("10.0.0.1 ")]
    [TestCase("10.0.0")]
    [TestCase("10.0.0.0.1")]
    [TestCase("10.0.0.256")]
    [TestCase("10.0.0.0001")]
    [TestCase("10.0.0.-1")]
    [TestCase("0x0a.0.0.1")]
    [TestCase("10.0.0.")]
    [TestCase("fe80::1%eth0")]
    [TestCase("[::1]")]
    [TestCase("[::1]:80")]
    [TestCase("::1/128")]
    [TestCase("1:2:3:4:5:6:7")]
    [TestCase("::ffff:1.2.3")]
    [TestCase("bogus")]
    public void Parse_Garbage_IsRefused(string text) => Assert.That(IpAddress.TryParse(text, out _), Is.False);

    [Test]
    public void Bytes_ThereAndBack_AreTheSame([Values("10.1.2.3", "2001:db8::5")] string text)
    {
        var address = IpAddress.Parse(text);
        Span<byte> bytes = stackalloc byte[16];

        var written = address.WriteBytes(bytes);

        Assert.That(written, Is.EqualTo(address.BitLength / 8));
        Assert.That(IpAddress.FromBytes(bytes[..written]), Is.EqualTo(address));
    }

    [TestCase("127.0.0.1", "loopback")]
    [TestCase("127.255.0.1", "loopback")]
    [TestCase("::1", "loopback")]
    [TestCase("0.0.0.0", "unspecified")]
    [TestCase("::", "unspecified")]
    [TestCase("224.0.0.1", "multicast")]
    [TestCase("ff02::1", "multicast")]
    [TestCase("169.254.1.1", "link-local")]
    [TestCase("fe80::1", "link-local")]
    [TestCase("10.0.0.1", "")]
    [TestCase("2001:db8::1", "")]
    public void Kind_SpecialAddress_IsRecognised(string text, string kind)
    {
        var address = IpAddress.Parse(text);

        Assert.That(address.IsLoopback, Is.EqualTo(kind == "loopback"));
        Assert.That(address.IsUnspecified, Is.EqualTo(kind == "unspecified"));
        Assert.That(address.IsMulticast, Is.EqualTo(kind == "multicast"));
        Assert.That(address.IsLinkLocal, Is.EqualTo(kind == "link-local"));
    }
}
