using KubeProxyNext.Cluster;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Web;

namespace KubeProxyNext.Unit.Cluster;

/// <summary>Behaviour 11.2: how long the Node object, its addresses and its podCIDRs may take.</summary>
[CancelAfter(10_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OwnNodeTests
{
    private static readonly Node Seen = new("n1", Addresses: [IpAddress.Parse("192.0.2.11"), IpAddress.Parse("2001:db8::11")]);

    private readonly WaitedTime _time = new();
    private readonly LogList _log = new();

    [TestCase(false, "there is no Node 'n1'")]
    [TestCase(true, "the Node 'n1' has no address")]
    public async Task NoAddresses_AreSaidAfterAWhile_AndNoMore(bool isThere, string problem, CancellationToken patience)
    {
        var node = Own(needsPodCidrs: true);
        if (isThere)
        {
            node.Take(new Node("n1"));
        }

        var watching = node.WatchAsync(Task.CompletedTask, patience);
        Assert.That(await _time.NextAsync().WaitAsync(patience), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(_log.Lines, Is.Empty);
        _time.Fire();

        Assert.That(await _time.NextAsync().WaitAsync(patience), Is.EqualTo(TimeSpan.FromMinutes(5)), "it goes on, to the podCIDRs");
        Assert.That(_log.Lines.Single().Text, Does.Contain(problem));
        Assert.That(watching.IsCompleted, Is.False);
    }

    [TestCase(false, "there is no Node 'n1' after 5 minutes")]
    [TestCase(true, "the Node 'n1' has no podCIDRs after 5 minutes")]
    public async Task PodCidrs_ThatDoNotCome_EndIt(bool isThere, string problem, CancellationToken patience)
    {
        var node = new OwnNode("n1", [IpFamily.IPv4], IpAddress.Parse("192.0.2.99"), needsPodCidrs: true, _time, _log.For<OwnNode>());
        if (isThere)
        {
            node.Take(Seen);
        }

        var watching = node.WatchAsync(Task.CompletedTask, patience);
        await _time.NextAsync().WaitAsync(patience);
        _time.Fire();

        Assert.That(async () => await watching, Throws.InvalidOperationException.With.Message.Contains(problem));
    }

    [Test]
    public async Task PodCidrs_ThatCome_AreAllItNeeds(CancellationToken patience)
    {
        var node = Own(needsPodCidrs: true);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience);
        var watching = node.WatchAsync(Task.CompletedTask, ending.Token);
        await _time.NextAsync().WaitAsync(patience);
        node.Take(Seen);
        await _time.NextAsync().WaitAsync(patience);

        node.Take(Seen with { PodCidrs = [new(IpAddress.Parse("10.244.1.0"), 24), new(IpAddress.Parse("fd00::"), 64)] });

        await ending.CancelAsync();
        Assert.That(async () => await watching, Throws.InstanceOf<OperationCanceledException>(), "it went on until then");
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public void PodCidrs_OfNoFamilyOfTheNode_EndIt(CancellationToken patience)
    {
        var node = Own(needsPodCidrs: true);
        node.Take(Seen with { PodCidrs = [new(IpAddress.Parse("fd00::"), 64)] });

        Assert.That(
            async () => await node.WatchAsync(Task.CompletedTask, patience),
            Throws.InvalidOperationException.With.Message.Contains("no podCIDR of the Node 'n1' (fd00::/64) is of a family of this node (IPv4)"));
    }

    [Test]
    public async Task Time_CountsFromTheSourcesFirstAnswer(CancellationToken patience)
    {
        var listed = new TaskCompletionSource();
        _ = Own(needsPodCidrs: true).WatchAsync(listed.Task, patience);
        var waits = _time.NextAsync();
        Assert.That(waits.IsCompleted, Is.False);

        listed.SetResult();

        Assert.That(await waits.WaitAsync(patience), Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void BindAddress_ComesBeforeTheNodesOwn()
    {
        var node = new OwnNode("n1", [IpFamily.IPv4], IpAddress.Parse("192.0.2.99"), needsPodCidrs: false, _time, _log.For<OwnNode>());

        Assert.That(node.Unseen!.Addresses, Is.EqualTo((IpAddress[])[IpAddress.Parse("192.0.2.99")]));
        Assert.That(node.Take(Seen).Addresses.Select(address => $"{address}"), Is.EqualTo((string[])["192.0.2.99", "192.0.2.11", "2001:db8::11"]));
        Assert.That(Own(needsPodCidrs: false).Unseen, Is.Null);
        Assert.That(Own(needsPodCidrs: false).Take(Seen), Is.SameAs(Seen));
    }

    private OwnNode Own(bool needsPodCidrs) => new("n1", [IpFamily.IPv4], address: null, needsPodCidrs, _time, _log.For<OwnNode>());
}
