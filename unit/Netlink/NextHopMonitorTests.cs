using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class NextHopMonitorTests
{
    // A bridge without ports waits for no carrier, nor an address of IPv4 for anything: nothing changes by itself.
    private static readonly string[] Given =
    [
        "link add d0 index 11 address 02:00:00:00:00:11 type bridge", "link set d0 addrgenmode none up",
        "addr add 10.0.0.1/24 dev d0",
        "neigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev d0 nud reachable", "neigh add 2001:db8::8 lladdr 02:00:00:00:00:08 dev d0 nud reachable",
        "route add 10.8.0.0/16 via 10.0.0.8",
    ];

    [TestCase("route add 10.7.0.0/16 via 10.0.0.9", NextHopChanges.Routes)]
    [TestCase("route add 2001:db8:7::/48 dev d0", NextHopChanges.Routes)]
    [TestCase("route del 10.8.0.0/16", NextHopChanges.Routes)]
    [TestCase("route replace 10.8.0.0/16 via 10.0.0.9", NextHopChanges.Routes)]
    [TestCase("nexthop add id 5 blackhole", NextHopChanges.Routes)]
    [TestCase("rule add to 10.8.0.0/16 table 8", NextHopChanges.Rules)]
    [TestCase("-6 rule add to 2001:db8:8::/48 table 8", NextHopChanges.Rules)]
    [TestCase("link set d0 mtu 1400", NextHopChanges.Links)]
    [TestCase("link set d0 down", NextHopChanges.Links)]
    [TestCase("link set d0 address 02:00:00:00:00:12", NextHopChanges.Links)]
    [TestCase("link del d0", NextHopChanges.Links)]
    [TestCase("addr del 10.0.0.1/24 dev d0", NextHopChanges.Addresses)]
    [TestCase("addr add 2001:db8::1/64 dev d0", NextHopChanges.Addresses)]
    [TestCase("neigh change 10.0.0.8 lladdr 02:00:00:00:00:09 dev d0", NextHopChanges.Neighbours)]
    [TestCase("neigh change 2001:db8::8 lladdr 02:00:00:00:00:09 dev d0", NextHopChanges.Neighbours)]
    [TestCase("neigh del 10.0.0.8 dev d0", NextHopChanges.Neighbours)]
    [TestCase("neigh change 10.0.0.8 dev d0 nud failed", NextHopChanges.Neighbours)]
    public async Task WhatMayMakeANextHopWrong_IsTold(string change, NextHopChanges kind)
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        var first = await news.NextAsync();
        var next = news.UntilAsync(changes => changes.HasFlag(kind));

        // Not in a batch, which cannot do rules of IPv6.
        NetworkNamespaces.Run(network.Namespace, () => Shell.Run("ip", change.Split(' ')));

        Assert.That(first, Is.EqualTo(NextHopChanges.Anything));
        Assert.That(await next & NextHopChanges.Anything, Is.EqualTo(NextHopChanges.None), "it is known what changed");
    }

    [TestCase("neigh change 10.0.0.8 lladdr 02:00:00:00:00:08 dev d0 nud stale", Description = "not heard of for a while")]
    [TestCase("neigh change 10.0.0.8 lladdr 02:00:00:00:00:08 dev d0 nud permanent")]
    [TestCase("neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev d0", Description = "a new one")]
    [TestCase("neigh add 10.0.0.7 dev d0 nud failed", Description = "one that nobody reached")]
    [TestCase("neigh add proxy 10.0.0.7 dev d0", Description = "this machine")]
    [TestCase("neigh add 239.0.0.1 lladdr 01:00:5e:00:00:01 dev d0; neigh del 239.0.0.1 dev d0", Description = "a group")]
    public async Task WhatLeavesNextHopsRight_IsNot(string change)
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();
        var next = news.NextAsync();

        network.Do([.. change.Split("; "), "rule add to 10.8.0.0/16 table 8"]);

        Assert.That(await next, Is.EqualTo(NextHopChanges.Rules), "the change that came after");
    }

    [Test]
    public async Task LinkThatIsToldAgainAsItWas_IsNoChange()
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do("link set d0 alias first");
        var first = await news.NextAsync();
        network.Do("link set d0 alias second", "rule add to 10.8.0.0/16 table 8");

        Assert.That((first, await news.NextAsync()), Is.EqualTo((NextHopChanges.Links, NextHopChanges.Rules)), "at first it is not known how it was");
    }

    [Test]
    public async Task PortLeavesItsBridge_TheBridgeStays()
    {
        using var network = new TemporaryNetwork();
        network.Do([.. Given, "link add v0 index 12 type veth peer name v1", "link set v0 master d0"]);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do("link set v0 nomaster");
        var left = await news.NextAsync();
        network.Do("link set v0 nomaster", "rule add to 10.8.0.0/16 table 8");

        Assert.That((left, await news.NextAsync()), Is.EqualTo((NextHopChanges.Links, NextHopChanges.Rules)));
    }

    [Test]
    public async Task NeighbourOfAfterTheStart_IsKnownWhenItMoves()
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();
        var next = news.NextAsync();

        network.Do("neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev d0", "neigh change 10.0.0.7 lladdr 02:00:00:00:00:09 dev d0");

        Assert.That(await next, Is.EqualTo(NextHopChanges.Neighbours));
    }

    [Test]
    public async Task ManyChanges_AreOne()
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do([.. Enumerable.Range(1, 50).Select(i => $"route add 10.{i + 10}.0.0/16 via 10.0.0.8"), "rule add to 10.8.0.0/16 table 8"]);

        Assert.That(await news.NextAsync(), Is.EqualTo(NextHopChanges.Routes | NextHopChanges.Rules), "all that came before it asked");
    }

    [Test]
    public async Task NewsThatIsLost_MayHaveBeenAnything()
    {
        using var network = new TemporaryNetwork();
        network.Do(Given);
        using var monitor = network.Run(() => new NextHopMonitor());
        monitor.ReceiveBufferBytes = 1;
        await using var news = new News<NextHopChanges>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do(Enumerable.Range(0, 300).Select(i => $"route add 10.{i / 250 + 10}.{i % 250}.0/24 via 10.0.0.8"));
        var lost = await news.UntilAsync(changes => changes.HasFlag(NextHopChanges.Anything));
        var next = news.NextAsync();
        network.Do("neigh change 10.0.0.8 lladdr 02:00:00:00:00:09 dev d0");

        Assert.That(lost.HasFlag(NextHopChanges.Anything), Is.True);
        Assert.That(monitor.Overflows, Is.Positive);
        Assert.That(await next, Is.EqualTo(NextHopChanges.Neighbours), "neighbours are known again");
    }

    [Test]
    public async Task Cancellation_EndsTheWait()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new NextHopMonitor());
        using var end = new CancellationTokenSource();
        await using var changes = monitor.WatchAsync(end.Token).GetAsyncEnumerator(CancellationToken.None);
        await changes.MoveNextAsync();

        var waiting = changes.MoveNextAsync().AsTask();
        await end.CancelAsync();

        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }
}
