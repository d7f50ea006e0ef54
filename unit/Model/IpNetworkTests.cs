using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Model;

public sealed class IpNetworkTests
{
    [TestCase("198.51.100.000/025", "198.51.100.0/25")]
    [TestCase("198.51.100.77/25", "198.51.100.0/25", Description = "host bits are masked off")]
    [TestCase("10.0.0.0/0", "0.0.0.0/0")]
    [TestCase("10.1.2.3/32", "10.1.2.3/32")]
    [TestCase("2001:db8:ffff::1/33", "2001:db8:8000::/33")]
    [TestCase("2001:db8::1/0", "::/0")]
    [TestCase("2001:db8::1:1/112", "2001:db8::1:0/112")]
    [TestCase("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    public void Parse_Cidr_IsCanonical(string text, string canonical)
    {
        Assert.That(IpNetwork.TryParse(text, out var network), Is.True);
        Assert.That(network.ToString(), Is.EqualTo(canonical));
    }

    [TestCase("10.0.0.0")]
    [TestCase("10.0.0.0/")]
    [TestCase("10.0.0.0/33")]
    [TestCase("10.0.0.0/-1")]
    [TestCase("10.0.0.0/8 ")]
    [TestCase("::/129")]
    [TestCase("junk/8")]
    public void Parse_Garbage_IsRefused(string text) => Assert.That(IpNetwork.TryParse(text, out _), Is.False);

    [TestCase("10.0.0.0/8", "10.0.0.0/8", true)]
    [TestCase("10.0.0.0/8", "10.1.0.0/16", true)]
    [TestCase("10.1.0.0/16", "10.0.0.0/8", false)]
    [TestCase("10.0.0.0/8", "11.0.0.0/16", false)]
    [TestCase("::/0", "10.0.0.0/8", false, Description = "families do not mix")]
    public void Contains_Network_IsDecidedByBothPrefixes(string outer, string inner, bool contained)
    {
        Assert.That(IpNetwork.TryParse(outer, out var network) & IpNetwork.TryParse(inner, out var other), Is.True);

        Assert.That(network.Contains(other), Is.EqualTo(contained));
    }

    [TestCase("10.0.0.0/8", "10.255.0.1", true)]
    [TestCase("10.0.0.0/8", "11.0.0.1", false)]
    [TestCase("0.0.0.0/0", "2001:db8::1", false, Description = "families do not mix")]
    [TestCase("::/0", "2001:db8::1", true)]
    [TestCase("::/0", "10.0.0.1", false)]
    [TestCase("2001:db8::/32", "2001:db8:5::1", true)]
    public void Contains_Address_IsDecidedByPrefixAndFamily(string cidr, string address, bool contained)
    {
        Assert.That(IpNetwork.TryParse(cidr, out var network), Is.True);

        Assert.That(network.Contains(IpAddress.Parse(address)), Is.EqualTo(contained));
    }
}
