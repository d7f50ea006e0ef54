using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

public sealed class PortRangesTests
{
    [Test, RequiresBpf]
    public void Ranges_AreThoseOfTheThreadsNamespace()
    {
        using var network = new TemporaryNetwork();
        using var other = new TemporaryNetwork();
        network.Run(() => Write("ip_local_port_range", "40000 50000") && Write("ip_local_reserved_ports", "45000-45999,41000"));

        Assert.That(network.Run(PortRanges.Ephemeral), Is.EqualTo(new PortRange(40000, 50000)));
        Assert.That(network.Run(PortRanges.Reserved), Is.EqualTo(new PortRange[] { new(41000, 41000), new(45000, 45999) }));
        Assert.That(other.Run(PortRanges.Ephemeral), Is.EqualTo(new PortRange(32768, 60999)), "the kernel's default");
        Assert.That(other.Run(PortRanges.Reserved), Is.Empty);
    }

    [TestCase(39999, false)]
    [TestCase(40000, true)]
    [TestCase(50000, true)]
    [TestCase(50001, false)]
    public void Range_IncludesBothEnds(int port, bool contains) => Assert.That(new PortRange(40000, 50000).Contains((ushort)port), Is.EqualTo(contains));

    private static bool Write(string file, string text)
    {
        File.WriteAllText($"/proc/sys/net/ipv4/{file}", text);
        return true;
    }
}
