using KubeProxyNext.Cluster;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster;

[CancelAfter(10_000)]
internal sealed class ClusterTrackerTests
{
    private ClusterTracker _tracker = null!;

    [SetUp]
    public void BeginAnew() => _tracker = new();

    [Test]
    public void Nothing_ComesBeforeBothLists()
    {
        _tracker.Services.Upsert(Web());
        var take = Take();

        _tracker.Services.Replace([Web()]);
        _tracker.Nodes.Replace([new("node-a")]);
        Assert.That(take.IsCompleted, Is.False);
        _tracker.Slices.Replace([]);

        Assert.That(Taken(take), Is.EqualTo("first: default/web service"));
    }

    [Test]
    public void Opened_ThenComplete_AsListsComeIn()
    {
        _tracker.Slices.Replace([]);
        _tracker.Nodes.Replace([]);
        Assert.That(_tracker.Opened.IsCompleted, Is.False, "Services are to come");

        _tracker.Services.Replace([]);
        Assert.That((_tracker.Opened.IsCompleted, _tracker.Complete.IsCompleted), Is.EqualTo((true, false)), "ServiceCIDRs are to come");

        _tracker.ServiceCidrs.Replace([]);
        Assert.That(_tracker.Complete.IsCompleted, Is.True, "an empty list is an answer");
    }

    [Test]
    public void EmptyLists_AreAnAnswer()
    {
        _tracker.Services.Replace([]);
        _tracker.Slices.Replace([]);

        Assert.That(Taken(Take()), Is.EqualTo("first:"));
    }

    [Test]
    public void ChangesBetweenTakes_MergeIntoTheNewestState()
    {
        Open();

        _tracker.Services.Upsert(Web());
        _tracker.Slices.Upsert(Slice("web-b"));
        _tracker.Slices.Upsert(Slice("web-a"));
        _tracker.Services.Upsert(Web("10.0.0.2"));

        var changes = Take().Result;
        Assert.That(changes.Services.Single(), Is.EqualTo(
            new ServiceSnapshot(new("default", "web"), Web("10.0.0.2"), [Slice("web-a"), Slice("web-b")])));
        Assert.That(changes.IsFirst, Is.False);
    }

    [Test]
    public void UnusableObject_OfAList_StaysAsItWas()
    {
        Open(Web(), Slice("web-a"));
        var take = Take();

        _tracker.Services.Replace([], unusable: [new("default", "web"), new("default", "never-seen")]);
        _tracker.Slices.Replace([], unusable: [new("default", "web-a")]);
        Assert.That(take.IsCompleted, Is.False);
        _tracker.Slices.Replace([]);

        Assert.That(Taken(take), Is.EqualTo("default/web service"));
    }

    [Test]
    public void EqualObject_WakesNobody()
    {
        Open(Web(), Slice("web-a"));
        var take = Take();

        _tracker.Services.Upsert(Web());
        _tracker.Slices.Upsert(Slice("web-a"));
        _tracker.Services.Replace([Web()]);
        _tracker.Slices.Replace([Slice("web-a")]);
        _tracker.Services.Remove(new("default", "unknown"));
        _tracker.Slices.Remove(new("default", "unknown"));

        Assert.That(take.IsCompleted, Is.False);
    }

    [Test]
    public void WaitingReader_IsWoken()
    {
        Open();
        var take = Take();

        _tracker.Slices.Upsert(Slice("web-a"));

        Assert.That(Taken(take), Is.EqualTo("default/web web-a"));
    }

    [Test]
    public void SliceWhoseServiceChanges_Moves()
    {
        Open(Web(), Slice("moving"));

        _tracker.Slices.Upsert(Slice("moving", "other"));

        Assert.That(Taken(Take()), Is.EqualTo("default/web service, default/other moving"));
    }

    [Test]
    public void RemovedService_IsToldWithTheSlicesThatRemain()
    {
        Open(Web(), Slice("web-a"));

        _tracker.Services.Remove(new("default", "web"));
        Assert.That(Taken(Take()), Is.EqualTo("default/web web-a"));
        _tracker.Slices.Remove(new("default", "web-a"));
        Assert.That(Taken(Take()), Is.EqualTo("default/web"));
    }

    [Test]
    public void Replace_TellsOnlyWhatDiffers()
    {
        Open(Web(), Slice("web-a"), Slice("other-a", "other"));

        _tracker.Slices.Replace([Slice("web-a"), Slice("new-a", "new")]);

        Assert.That(Taken(Take()), Is.EqualTo("default/other, default/new new-a"));
    }

    [Test]
    public void NodeInAnotherZone_RedeliversEveryService()
    {
        Open(Web(), Slice("other-a", "other"));

        _tracker.Nodes.Upsert(new("node-a", "zone-1"));
        Assert.That(Taken(Take()), Is.EqualTo("default/web service, default/other other-a"));
        _tracker.Nodes.Upsert(new("node-a", "zone-1", IsLeaving: true));
        var changes = Take().Result;

        Assert.That((changes.Services.Count, changes.Node!.IsLeaving), Is.EqualTo((0, true)), "only a zone concerns Services");
    }

    [Test]
    public void RemovedNode_IsRemembered()
    {
        Open();
        _tracker.Nodes.Upsert(new("node-a", "zone-1"));
        _ = Take().Result;

        _tracker.Nodes.Remove(new("", "node-a"));
        _tracker.Nodes.Replace([]);
        _tracker.Services.Upsert(Web());

        Assert.That(Take().Result.Node, Is.EqualTo(new Node("node-a", "zone-1")));
    }

    [Test]
    public void ServiceNetwork_StaysUntilTheLastObjectThatHasItIsGone()
    {
        Open();
        _tracker.ServiceCidrs.Upsert(Cidr("a", "10.96.0.0/12", "fd00::/108"));
        _tracker.ServiceCidrs.Upsert(Cidr("b", "10.96.0.0/12"));
        Assert.That($"{Take().Result.ServiceNetworks}", Is.EqualTo("[10.96.0.0/12, fd00::/108]"));

        _tracker.ServiceCidrs.Remove(new("", "a"));
        Assert.That($"{Take().Result.ServiceNetworks}", Is.EqualTo("[10.96.0.0/12]"));
        _tracker.ServiceCidrs.Replace([]);
        Assert.That($"{Take().Result.ServiceNetworks}", Is.EqualTo("[]"));
    }

    [Test]
    public void ServiceNetworks_AreSorted_WithoutThoseThatLieInAnother()
    {
        Open();

        _tracker.ServiceCidrs.Replace(
            [Cidr("a", "fd00:1::/64", "10.128.0.0/9", "192.168.0.0/16"), Cidr("b", "10.0.0.0/8", "::/0", "10.1.0.0/16", "10.0.0.0/16")]);

        Assert.That($"{Take().Result.ServiceNetworks}", Is.EqualTo("[10.0.0.0/8, 192.168.0.0/16, ::/0]"));
    }

    [Test]
    public void ServiceNetworks_ThatStayTheSame_WakeNobody_AndAreToldWithOtherNews()
    {
        Open();
        _tracker.ServiceCidrs.Upsert(Cidr("a", "10.96.0.0/12"));
        _ = Take().Result;
        var take = Take();

        _tracker.ServiceCidrs.Upsert(Cidr("b", "10.97.0.0/16", "10.96.0.0/12"));
        _tracker.ServiceCidrs.Remove(new("", "unknown"));
        _tracker.ServiceCidrs.Remove(new("", "a"));
        Assert.That(take.IsCompleted, Is.False);
        _tracker.Services.Upsert(Web());

        Assert.That($"{take.Result.ServiceNetworks}", Is.EqualTo("[10.96.0.0/12]"));
    }

    [Test]
    public void ServiceNetworks_AreAppliedAtOnce_AndNeverWaitedFor()
    {
        _tracker.ServiceCidrs.Upsert(Cidr("a", "10.96.0.0/12"));
        var first = Take();
        Assert.That(first.IsCompleted, Is.False, "they open no gate");
        _tracker.Services.Replace([]);
        _tracker.Slices.Replace([]);
        Assert.That($"{first.Result.ServiceNetworks}", Is.EqualTo("[10.96.0.0/12]"));
        var second = Take();

        _tracker.ServiceCidrs.Upsert(Cidr("a", "10.112.0.0/12"));

        Assert.That($"{second.Result.ServiceNetworks} {second.Result.Services.Count}", Is.EqualTo("[10.112.0.0/12] 0"));
    }

    [Test]
    public void CancelledWait_Ends()
    {
        using var cancellation = new CancellationTokenSource();
        var take = _tracker.TakeAsync(cancellation.Token).AsTask();

        cancellation.Cancel();

        Assert.That(async () => await take, Throws.InstanceOf<OperationCanceledException>());
    }

    private static Service Web(string ip = "10.0.0.1") => new() { Name = new("default", "web"), ClusterIPv4 = IpAddress.Parse(ip) };

    private static EndpointSlice Slice(string name, string service = "web") => new()
    {
        Name = new("default", name),
        Service = new("default", service),
        Family = IpFamily.IPv4,
        Endpoints = [new(IpAddress.Parse("10.1.0.1"))],
    };

    private static ServiceCidr Cidr(string name, params string[] networks) =>
        new(name, [.. networks.Select(text => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text))]);

    // What was taken, as a person would say it: each Service with "service" if it exists, and its slices.
    private static string Taken(Task<ClusterChanges> take)
    {
        var changes = take.Result;
        var services = changes.Services.Select(snapshot => string.Join(
            ' ',
            [$"{snapshot.Name}", .. snapshot.Service is null ? [] : (string[])["service"], .. snapshot.Slices.Select(slice => slice.Name.Name)]));
        return $"{(changes.IsFirst ? "first: " : "")}{string.Join(", ", services)}".TrimEnd();
    }

    private Task<ClusterChanges> Take() => _tracker.TakeAsync(TestContext.CurrentContext.CancellationToken).AsTask();

    // Both lists are in, and the first answer is taken.
    private void Open(Service? service = null, params EndpointSlice[] slices)
    {
        _tracker.Services.Replace(service is null ? [] : [service]);
        _tracker.Slices.Replace(slices);
        _ = Take().Result;
    }
}
