using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Planning;

public sealed class NodePortOptionsTests
{
    [TestCase(new string[0], "[]", false)]
    [TestCase(new[] { "" }, "[]", false)]
    [TestCase(new[] { "primary" }, "[]", true)]
    [TestCase(new[] { "10.0.0.0/8,2001:db8::/32" }, "[10.0.0.0/8, 2001:db8::/32]", false)]
    [TestCase(new[] { "10.0.0.0/8", "2001:db8::/32, 192.0.2.0/24" }, "[10.0.0.0/8, 2001:db8::/32, 192.0.2.0/24]", false)]
    [TestCase(new[] { "198.51.100.007/025" }, "[198.51.100.0/25]", false)]
    public void Values_AreNothingPrimaryOrNetworks(string[] values, string networks, bool isPrimary)
    {
        Assert.That(NodePortOptions.TryParse(values, localhost: true, out var options, out var error), Is.True, error);

        Assert.That((options!.Networks.ToString(), options.IsPrimary, options.Localhost), Is.EqualTo((networks, isPrimary, true)));
    }

    [TestCase("foo", "--nodeport-addresses: 'foo' is neither a CIDR nor primary")]
    [TestCase("192.0.2.1", "--nodeport-addresses: '192.0.2.1' is neither a CIDR nor primary")]
    [TestCase("Primary", "--nodeport-addresses: 'Primary' is neither a CIDR nor primary")]
    [TestCase("10.0.0.0/8,,192.0.2.0/24", "--nodeport-addresses: '' is neither a CIDR nor primary")]
    [TestCase("10.0.0.0/8,primary", "--nodeport-addresses: 'primary' must be the only value")]
    [TestCase("primary,primary", "--nodeport-addresses: 'primary' must be the only value")]
    public void BadValue_IsNamed(string value, string expected)
    {
        Assert.That(NodePortOptions.TryParse([value], localhost: true, out var options, out var error), Is.False);

        Assert.That((options, error), Is.EqualTo(((NodePortOptions?)null, expected)));
    }
}
