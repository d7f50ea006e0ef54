using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class LinksTests
{
    [Test]
    public void NewNamespace_HasLoopback()
    {
        using var network = new TemporaryNetwork();

        var loopback = network.Run(Links.List).Single(link => link.Name == "lo");

        Assert.That(loopback, Is.EqualTo(new Link(
            1, "lo", LinkType.Loopback, LinkFlags.Loopback | LinkFlags.Up | LinkFlags.Running | LinkFlags.LowerUp, Kind: "", MasterIndex: 0,
            LowerIndex: 0, HasPeerElsewhere: false, new HardwareAddress(new byte[6]), Mtu: 65536)));
    }

    [Test]
    public void Veth_TellsItsPeerAddressAndMtu()
    {
        using var network = new TemporaryNetwork();
        network.Do("link add v0 index 11 address 02:00:00:00:00:11 mtu 1400 type veth peer name v1 index 12", "link set v0 up");

        var veth = Named(network, "v0");

        Assert.That((veth.Index, veth.Kind, veth.LowerIndex, veth.HasPeerElsewhere, veth.Mtu), Is.EqualTo((11, "veth", 12, false, 1400)));
        Assert.That(veth.Address.ToString(), Is.EqualTo("02:00:00:00:00:11"));
        Assert.That(veth.Flags, Is.EqualTo(LinkFlags.Broadcast | LinkFlags.Up), "its peer is down: no carrier");
    }

    [Test]
    public void PeerInAnotherNamespace_IsSaid()
    {
        using var network = new TemporaryNetwork();
        using var pod = new TemporaryNetwork();
        network.Do($"link add v0 type veth peer name eth0 netns {pod.ProcessId}");

        var (here, there) = (Named(network, "v0"), Named(pod, "eth0"));

        Assert.That((here.LowerIndex, here.HasPeerElsewhere), Is.EqualTo((there.Index, true)));
        Assert.That((there.LowerIndex, there.HasPeerElsewhere), Is.EqualTo((here.Index, true)));
    }

    [Test]
    public void PortOfABridge_NamesItsMaster()
    {
        using var network = new TemporaryNetwork();
        network.Do("link add br0 index 20 type bridge", "link add v0 type veth peer name v1", "link set v0 master br0");

        Assert.That((Named(network, "v0").MasterIndex, Named(network, "v1").MasterIndex, Named(network, "br0").Kind), Is.EqualTo((20, 0, "bridge")));
    }

    [TestCase("link add t0 type vxlan id 7 dstport 4789 remote 10.0.0.9", "vxlan", LinkType.Ethernet, 0)]
    [TestCase("link add link v0 name t0 type macvlan", "macvlan", LinkType.Ethernet, 11)]
    [TestCase("link add t0 type bridge", "bridge", LinkType.Ethernet, 0)]
    [TestCase("tuntap add t0 mode tun", "tun", LinkType.None, 0)]
    public void Kind_HeadersAndLowerLink_AreTold(string command, string kind, LinkType type, int lower)
    {
        using var network = new TemporaryNetwork();
        network.Do("link add v0 index 11 type veth peer name v1", command);

        var link = Named(network, "t0");

        Assert.That((link.Kind, link.Type, link.LowerIndex), Is.EqualTo((kind, type, lower)));
    }

    [Test]
    public void ManyLinks_AreAllListedByIndex()
    {
        using var network = new TemporaryNetwork();
        int[] indexes = [.. Enumerable.Range(100, 60)];
        network.Do(indexes.Reverse().Select(index => $"link add b{index} index {index} type bridge"));

        var links = network.Run(Links.List);

        Assert.That(links.Where(link => link.Kind == "bridge").Select(link => link.Index), Is.EqualTo(indexes));
        Assert.That(links.Select(link => link.Index), Is.Ordered);
    }

    private static Link Named(TemporaryNetwork network, string name) => network.Run(Links.List).Single(link => link.Name == name);
}
