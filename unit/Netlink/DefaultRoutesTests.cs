using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class DefaultRoutesTests
{
    private static readonly string[] TwoLinks =
    [
        "link add d1 index 11 type veth peer name d2 index 12", "link set d1 up", "link set d2 up",
        "addr add 10.1.0.1/24 dev d1", "addr add 2001:db8:1::1/64 dev d1 nodad",
        "addr add 10.2.0.1/24 dev d2", "addr add 2001:db8:2::1/64 dev d2 nodad",
    ];

    [TestCase("", new int[0])]
    [TestCase("route add default via 10.1.0.9", new[] { 11 })]
    [TestCase("route add default via 2001:db8:2::9", new[] { 12 })]
    [TestCase("route add default dev d2", new[] { 12 })]
    [TestCase("route add default via 10.1.0.9; route add default via 10.2.0.9 metric 7; route add ::/0 dev d1", new[] { 11, 12 })]
    [TestCase("route add default via 10.2.0.9 table 100", new[] { 12 }, Description = "another table")]
    [TestCase("route add default via 10.2.0.9 table 51820", new[] { 12 }, Description = "one whose number takes more than a byte")]
    [TestCase("route add default nexthop via 10.1.0.9 nexthop via 10.2.0.9", new[] { 11, 12 })]
    [TestCase("route add default nexthop via 2001:db8:1::9 nexthop via 2001:db8:2::9", new[] { 11, 12 })]
    [TestCase("nexthop add id 5 via 10.2.0.9 dev d2; route add default nhid 5", new[] { 12 })]
    [TestCase("route add unreachable default; route add blackhole default table 100; route add throw default table 101", new int[0])]
    [TestCase("route add local default dev lo table 100", new int[0], Description = "a transparent proxy's")]
    [TestCase("route add 10.9.0.0/16 via 10.1.0.9; route add 0.0.0.0/1 via 10.1.0.9", new int[0], Description = "others")]
    public void Routes_NameTheirLinks(string routes, int[] links)
    {
        using var network = new TemporaryNetwork();
        network.Do([.. TwoLinks, .. routes.Split("; ", StringSplitOptions.RemoveEmptyEntries)]);

        Assert.That(network.Run(DefaultRoutes.ListLinks), Is.EqualTo(links));
    }

    [Test]
    public void AmongManyRoutes_IsFound()
    {
        using var network = new TemporaryNetwork();
        network.Do([.. TwoLinks, .. Enumerable.Range(0, 2000).Select(i => $"route add 10.{i / 250 + 10}.{i % 250}.0/24 via 10.1.0.9"), "route add default via 10.2.0.9 metric 900"]);

        Assert.That(network.Run(DefaultRoutes.ListLinks), Is.EqualTo(new[] { 12 }));
    }
}
