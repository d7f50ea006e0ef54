using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class NetworkMonitorTests
{
    private const string Veth = "link add v0 index 11 type veth peer name v1 index 12";

    [Test]
    public async Task LinkComesAndGoes_IsTold()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);

        var before = await news.NextAsync();
        network.Do(Veth);
        var with = await news.UntilAsync(state => state.Links.Count == before.Links.Count + 2);
        network.Do("link del v0");
        var after = await news.UntilAsync(state => state.Links.Count == before.Links.Count);

        Assert.That(with.Links.Except(before.Links).Select(link => (link.Index, link.Kind)), Is.EqualTo(new[] { (11, "veth"), (12, "veth") }));
        Assert.That(after.Links, Is.EqualTo(before.Links));
    }

    [TestCase("link set v0 mtu 1400")]
    [TestCase("link set v0 up")]
    [TestCase("link set v0 master br0")]
    [TestCase("link set v0 address 02:00:00:00:00:aa")]
    [TestCase("link set v0 name uplink")]
    public async Task LinkChanges_IsTold(string change)
    {
        using var network = new TemporaryNetwork();
        network.Do(Veth, "link add br0 type bridge");
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        var before = (await news.NextAsync()).Links.Single(link => link.Index == 11);

        network.Do(change);
        var after = (await news.UntilAsync(state => state.Links.Single(link => link.Index == 11) != before)).Links;

        Assert.That(after, Is.EqualTo(network.Run(Links.List)));
    }

    [TestCase("10.0.0.9")]
    [TestCase("2001:db8::9")]
    public async Task DefaultRouteComesAndGoes_IsTold(string gateway)
    {
        using var network = new TemporaryNetwork();
        network.Do([.. Uplink]);
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        var before = await news.NextAsync();

        network.Do($"route add default via {gateway} dev d0");
        var with = await news.UntilAsync(state => state.DefaultRouteLinks.Count > 0);
        network.Do($"route del default via {gateway} dev d0");
        var after = await news.UntilAsync(state => state.DefaultRouteLinks.Count == 0);

        Assert.That(before.DefaultRouteLinks, Is.Empty);
        Assert.That(with.DefaultRouteLinks, Is.EqualTo(new[] { 11 }));
        Assert.That((after.Links, after.Addresses), Is.EqualTo((before.Links, before.Addresses)), "what did not change");
    }

    [TestCase("link set d0 down", "10.0.0.9", Description = "the kernel has no news of IPv4 routes that go with their link")]
    [TestCase("link set d0 down", "2001:db8::9")]
    [TestCase("addr del 10.0.0.2/32 dev lo", "10.0.0.9 src 10.0.0.2", Description = "nor had it of those that go with their source, before 6.6")]
    [TestCase("link del d0", "10.0.0.9")]
    public async Task DefaultRouteGoesWithWhatItNeeds_IsTold(string change, string gateway)
    {
        using var network = new TemporaryNetwork();
        network.Do([.. Uplink, $"route add default via {gateway}"]);
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        var before = await news.NextAsync();

        network.Do(change);
        await news.UntilAsync(state => state.DefaultRouteLinks.Count == 0);

        Assert.That(before.DefaultRouteLinks, Is.EqualTo(new[] { 11 }));
    }

    [Test]
    public async Task AddressComes_LinksAreTheSameObject()
    {
        using var network = new TemporaryNetwork();
        network.Do([.. Uplink]);
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        var before = await news.NextAsync();

        network.Do("addr add 10.0.7.7/32 dev lo");
        var with = await news.NextAsync();

        Assert.That(with.Addresses.Except(before.Addresses).Select(address => address.Address.ToString()), Is.EqualTo(new[] { "10.0.7.7" }));
        Assert.That(with.Links, Is.SameAs(before.Links));
    }

    [Test]
    public async Task OtherRoutesAndNeighbours_AreNoNews()
    {
        using var network = new TemporaryNetwork();
        network.Do([.. Uplink]);
        using var monitor = network.Run(() => new NetworkMonitor());
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do("route add 10.7.0.0/16 via 10.0.0.9", "neigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev d0", "rule add to 10.8.0.0/16 table 8");
        network.Do("route add default via 10.0.0.9");
        var next = await news.NextAsync();

        Assert.That(next.DefaultRouteLinks, Is.EqualTo(new[] { 11 }), "the first news is of the last change");
    }

    [Test]
    public async Task NewsThatIsLost_IsMadeUpFor()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new NetworkMonitor());
        monitor.ReceiveBufferBytes = 1;
        await using var news = new News<NetworkState>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do([.. Uplink, .. Enumerable.Range(100, 30).Select(i => $"link add b{i} type bridge"), "route add default via 10.0.0.9"]);
        var last = await news.UntilAsync(state => state.DefaultRouteLinks.Count > 0 && state.Links.Count(link => link.Kind == "bridge") == 31);

        Assert.That(monitor.Overflows, Is.Positive, "the buffer was too small for so much");
        Assert.That(last.Addresses, Is.EqualTo(network.Run(LocalAddresses.List)));
    }

    // A bridge without ports waits for no carrier: nothing changes by itself.
    private static IEnumerable<string> Uplink =>
    [
        "link add d0 index 11 type bridge", "link set d0 addrgenmode none up",
        "addr add 10.0.0.1/24 dev d0", "addr add 2001:db8::1/64 dev d0 nodad",
        "addr add 10.0.0.2/32 dev lo",
    ];
}
