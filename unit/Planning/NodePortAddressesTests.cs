using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Behaviour 2.3, on the node of its scenarios: two IPv4 addresses, of which the first is the node's IP, and two of IPv6.</summary>
public sealed class NodePortAddressesTests
{
    private const string NodeIPs = "192.0.2.11 2001:db8:a::11";
    private const string Local = "fe80::1 ::1 2001:db8:a::12 2001:db8:a::11 127.0.0.1 192.0.2.12 192.0.2.11";
    private const string All4 = "192.0.2.11 192.0.2.12";
    private const string All6 = "2001:db8:a::11 2001:db8:a::12";

    [TestCase("primary", "192.0.2.11", false, "2001:db8:a::11", Description = "scenario 59")]
    [TestCase("", All4, true, All6, Description = "scenario 60")]
    [TestCase("192.0.2.12/32", "192.0.2.12", false, All6, Description = "scenario 61: the other family is not restricted")]
    [TestCase("2001:db8:a::12/128", All4, true, "2001:db8:a::12")]
    [TestCase("192.0.2.0/24,2001:db8:a::/64", All4, false, All6)]
    [TestCase("192.0.2.12/32,192.0.2.11/32", All4, false, All6)]
    [TestCase("0.0.0.0/0", All4, true, All6)]
    [TestCase("10.0.0.0/8,0.0.0.0/0", All4, true, All6, Description = "one that matches all makes the others void")]
    [TestCase("2001:db8:b::/64,::/0", All4, true, All6)]
    [TestCase("10.0.0.0/8", "", false, All6, Description = "no address inside is no error")]
    [TestCase("127.0.0.0/8", "", true, All6, Description = "loopback alone")]
    [TestCase("127.0.0.1/32,192.0.2.11/32", "192.0.2.11", true, All6)]
    [TestCase("::1/128", All4, true, "", Description = "never on ::1")]
    [TestCase("fe80::/10", All4, true, "", Description = "a link-local address is not this node's alone")]
    public void Option_SaysWhichAddressesAnswer(string option, string ipv4, bool onLoopback, string ipv6)
    {
        var options = Parse(option);

        Assert.That(Of(IpFamily.IPv4, options), Is.EqualTo(new NodePortAddresses(Addresses(ipv4), onLoopback)));
        Assert.That(Of(IpFamily.IPv6, options), Is.EqualTo(new NodePortAddresses(Addresses(ipv6), OnLoopback: false)));
    }

    [TestCase("192.0.2.11", "192.0.2.11", All6, Description = "the family without a node IP stays open")]
    [TestCase("2001:db8:a::11", All4, "2001:db8:a::11")]
    [TestCase("", All4, All6, Description = "neither is known")]
    [TestCase("127.0.0.1 ::1", All4, All6, Description = "a loopback address is none")]
    [TestCase("2001:db8:a::12 192.0.2.12 192.0.2.11 2001:db8:a::11", "192.0.2.12", "2001:db8:a::12", Description = "the first of each family")]
    [TestCase("198.51.100.1", "", All6, Description = "the node's IP is on none of its interfaces")]
    public void Primary_IsTheNodesFirstAddressOfEachFamily(string nodeIPs, string ipv4, string ipv6)
    {
        var options = Parse("primary");

        Assert.That(
            NodePortAddresses.Of(IpFamily.IPv4, options, Addresses(nodeIPs), Addresses(Local)),
            Is.EqualTo(new NodePortAddresses(Addresses(ipv4), OnLoopback: false)),
            "primary never lets loopback in");
        Assert.That(NodePortAddresses.Of(IpFamily.IPv6, options, Addresses(nodeIPs), Addresses(Local)).Addresses, Is.EqualTo(Addresses(ipv6)));
    }

    [TestCase("")]
    [TestCase("0.0.0.0/0")]
    [TestCase("127.0.0.0/8")]
    public void LocalhostOff_LoopbackDoesNotAnswer(string option) =>
        Assert.That(Of(IpFamily.IPv4, Parse(option, localhost: false)).OnLoopback, Is.False);

    [Test]
    public void WhatIsNoAddressOfThisNode_DoesNotAnswer()
    {
        var local = Addresses("0.0.0.0 :: 224.0.0.1 ff02::1 255.255.255.255 127.0.0.1 127.0.0.2 ::1 fe80::1 169.254.20.10 192.0.2.11 2001:db8:a::11");

        Assert.That(
            NodePortAddresses.Of(IpFamily.IPv4, NodePortOptions.Default, [], local).Addresses,
            Is.EqualTo(Addresses("169.254.20.10 192.0.2.11")),
            "a link-local address of IPv4 is local as any other");
        Assert.That(NodePortAddresses.Of(IpFamily.IPv6, NodePortOptions.Default, [], local).Addresses, Is.EqualTo(Addresses("2001:db8:a::11")));
    }

    [Test]
    public void AddressOfTwoInterfaces_IsOne() => Assert.That(
        NodePortAddresses.Of(IpFamily.IPv4, NodePortOptions.Default, [], Addresses("192.0.2.12 192.0.2.11 192.0.2.12")).Addresses,
        Is.EqualTo(Addresses(All4)));

    [TestCase("192.0.2.11", IpFamily.IPv4, "192.0.2.11")]
    [TestCase("192.0.2.11", IpFamily.IPv6, "::1")]
    [TestCase("", IpFamily.IPv4, "127.0.0.1")]
    [TestCase("2001:db8:a::11 192.0.2.11 192.0.2.12", IpFamily.IPv4, "192.0.2.11")]
    public void NodeIP_IsTheFirstOfItsFamilyOrLoopback(string addresses, IpFamily family, string expected) =>
        Assert.That(NodeIP.Of(Addresses(addresses), family), Is.EqualTo(IpAddress.Parse(expected)));

    private static NodePortAddresses Of(IpFamily family, NodePortOptions options) =>
        NodePortAddresses.Of(family, options, Addresses(NodeIPs), Addresses(Local));

    private static NodePortOptions Parse(string option, bool localhost = true)
    {
        Assert.That(NodePortOptions.TryParse([option], localhost, out var options, out var error), Is.True, error);
        return options!;
    }

    private static ValueArray<IpAddress> Addresses(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => IpAddress.Parse(word))];
}
