using System.Net;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

[RequiresBpf]
public sealed class AddressMonitorTests
{
    [TestCase("192.0.2.12", 24)]
    [TestCase("2001:db8:a::12", 64)]
    public async Task AddressComesAndGoes_IsTold(string address, int prefix)
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);

        var before = await news.NextAsync();
        network.Do($"addr add {address}/{prefix} dev lo nodad");
        var with = await news.NextAsync();
        network.Do($"addr del {address}/{prefix} dev lo");
        var after = await news.NextAsync();

        Assert.That(with.Except(before).Select(added => (added.Address, added.PrefixLength)), Is.EqualTo(new[] { (IPAddress.Parse(address), prefix) }));
        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public async Task ChangeBeforeWatching_IsInTheFirstList()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);

        network.Do("addr add 192.0.2.12/24 dev lo");

        Assert.That(Texts(await news.NextAsync()), Does.Contain("192.0.2.12"));
    }

    [Test]
    public async Task ManyChanges_AreFewNews()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do(Addresses(500).Select(address => $"addr add {address}/32 dev lo"));
        var list = await news.NextAsync();

        Assert.That(Texts(list), Is.SupersetOf(Addresses(500)), "all that came before it asked is in one list");
    }

    [Test]
    public async Task ChangesWhileListing_EndInTheTruth()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);
        await news.NextAsync();

        var changing = Task.Run(() =>
        {
            network.Do(Addresses(700).Select(address => $"addr add {address}/32 dev lo"));
            network.Do(Addresses(700).Skip(10).Select(address => $"addr del {address}/32 dev lo"));
            network.Do("addr add 192.0.2.12/32 dev lo");
        });
        var last = await news.UntilAsync(list => Texts(list).Contains("192.0.2.12"));
        await changing;

        Assert.That(Texts(last), Is.EquivalentTo([.. Addresses(10), "192.0.2.12", "127.0.0.1", "::1"]));
    }

    [Test]
    public async Task NewsThatIsLost_IsMadeUpForByTheList()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        monitor.ReceiveBufferBytes = 1;
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do(Addresses(300).Select(address => $"addr add {address}/32 dev lo"));
        await news.UntilAsync(list => Addresses(300).All(Texts(list).Contains));
        network.Do(Addresses(300).Select(address => $"addr del {address}/32 dev lo"));
        await news.UntilAsync(list => list.Count == 2);

        Assert.That(monitor.Overflows, Is.Positive, "the buffer was too small for so many");
    }

    [Test]
    public async Task DuplicateDetection_EndsInNews()
    {
        using var network = new TemporaryNetwork();
        network.Do("link add v0 type veth peer name v1", "link set v0 up", "link set v1 up");
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do("addr add 2001:db8::11/64 dev v0");
        await news.UntilAsync(list => list.Any(address => address.Address.ToString() == "2001:db8::11" && !address.IsUsable));
        var done = await news.UntilAsync(list => list.Any(address => address.Address.ToString() == "2001:db8::11" && address.IsUsable));

        Assert.That(done, Has.Some.Matches<LocalAddress>(address => address.PrefixLength == 64));
    }

    [Test]
    public async Task InterfaceGoes_ItsAddressesGo()
    {
        using var network = new TemporaryNetwork();
        network.Do("link add v0 type veth peer name v1", "addr add 192.0.2.12/24 dev v0");
        using var monitor = network.Run(() => new AddressMonitor());
        await using var news = new News<IReadOnlyList<LocalAddress>>(monitor.WatchAsync);
        await news.NextAsync();

        network.Do("link del v0");

        Assert.That(Texts(await news.NextAsync()), Does.Not.Contain("192.0.2.12"));
    }

    [Test]
    public async Task Cancellation_EndsTheWait()
    {
        using var network = new TemporaryNetwork();
        using var monitor = network.Run(() => new AddressMonitor());
        using var end = new CancellationTokenSource();
        await using var lists = monitor.WatchAsync(end.Token).GetAsyncEnumerator(CancellationToken.None);
        await lists.MoveNextAsync();

        var waiting = lists.MoveNextAsync().AsTask();
        var waited = !waiting.IsCompleted;
        await end.CancelAsync();

        Assert.That(waited, Is.True, "nothing had changed");
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    private static IEnumerable<string> Addresses(int count) => Enumerable.Range(0, count).Select(i => $"10.0.{i / 250}.{i % 250 + 1}");

    private static IEnumerable<string> Texts(IEnumerable<LocalAddress> list) => list.Select(address => address.Address.ToString());
}
