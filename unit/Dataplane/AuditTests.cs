using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What somebody else changes in pins, links and maps is found, and put right.</summary>
[RequiresBpf]
public sealed class AuditTests : AuditFixture
{
    private const string Vip = "10.96.0.10:80";

    private string[] _before = null!;

    [SetUp]
    public void Serve()
    {
        Tested.Apply(Plan("web", Vip, "10.0.1.5:8080", "10.0.2.7:8080*3"));
        Tested.Apply(Udp("dns", ["10.96.0.53:53", "10.96.0.54:53"], "10.0.1.6:53"));
        for (var i = 0; i < 12; i++)
        {
            Tested.Apply(Plan($"more-{i}", $"10.96.1.{i}:80", $"10.0.3.{i}:80"));
        }

        Tested.Apply(new(new("default", "outside"), [Port("", Protocol.Tcp, ["10.96.0.20:80"], "10.0.1.5:8080") with
        {
            Frontends = [ClusterIP("10.96.0.20:80"), External(FrontendKind.LoadBalancerIP, "198.51.100.7:80")],
            SourceRanges = [new(IpAddress.Parse("10.1.0.0"), 16)],
        }]));
        Tested.SetServiceNetworks([new(IpAddress.Parse("10.96.0.0"), 12)]);
        Tested.SetNodeAddresses([IpAddress.Parse("198.18.0.1")], loopback: true);
        Tested.Attach(Cgroup);
        _before = MapDump.Of(Tested);
        Assert.That(Audit(), Is.Empty, "what this has written itself");
    }

    [TestCase("sets")]
    [TestCase("sockets")]
    [TestCase("udp_memories")]
    public void Pin_OfAMapIsGone_IsThereAgain(string map)
    {
        var path = Path.Combine(Folder, map);
        File.Delete(path);

        AssertPutRight($"IPv4 pin {map}");

        using var pinned = PinnedMap.Open(path);
        Assert.That(pinned.Id, Is.EqualTo(Tested.Programs.Map(map).Id));
    }

    [Test]
    public void Pins_AllAreGone_AreThereAgain()
    {
        var before = Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories).Order().ToArray();
        foreach (var folder in Directory.GetDirectories(Pins.Bpffs))
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.That(Audit(), Is.Not.Empty);

        Assert.That(Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories).Order(), Is.EqualTo(before));
        Assert.That(Audit(), Is.Empty);
    }

    [Test]
    public void Link_PinIsGone_IsAttachedAgain()
    {
        File.Delete(Link("connect4"));

        AssertPutRight("IPv4 link connect4");
        AssertRuns("connect4");
    }

    [Test]
    public void Link_IsDetached_IsAttachedAgain()
    {
        using (var link = BpfLink.TryOpen(Link("sendmsg4")))
        {
            link!.Detach();
        }

        AssertPutRight("IPv4 link sendmsg4");
        AssertRuns("sendmsg4");
    }

    [Test]
    public void Link_RunsAnotherProgram_RunsOurs()
    {
        using var other = SockObject.Open(IpFamily.IPv4);
        other.Load();
        using (var link = BpfLink.TryOpen(Link("connect4")))
        {
            link!.Update(other.Programs.Single(program => program.Name == "connect4"));
        }

        AssertPutRight("IPv4 link connect4");
        AssertRuns("connect4");
    }

    [Test]
    public void Frontends_Flushed_AreThereAgain()
    {
        FlushFrontends();

        var drifts = Audit();

        Assert.That(drifts.Select(drift => drift.Kind), Is.All.EqualTo("frontends"));
        Assert.That(drifts, Has.Count.EqualTo(_before.Count(line => line.Contains("->"))));
        AssertAsBefore();
        Tested.Apply(Gone("web"));
        Tested.Drain();
        Tested.Apply(Plan("web", Vip, "10.0.1.5:8080", "10.0.2.7:8080*3"));
        AssertAsBefore();
    }

    [Test]
    public void Frontend_LeadsElsewhere_LeadsToItsService()
    {
        Tested.Maps.Frontends.Set(new(Address(Vip)), new(7, 1));

        AssertPutRight($"IPv4 frontends {Vip}/TCP");
    }

    [Test]
    public void Frontend_OfNobody_IsRemoved()
    {
        Tested.Maps.Frontends.Set(new(Address("10.96.0.99:80")), new(0, 0));

        AssertPutRight("IPv4 frontends 10.96.0.99:80/TCP is nobody's");
    }

    [TestCase("10.96.9.9:80", Description = "an address of nobody")]
    [TestCase(Vip, Description = "one that is where it belongs, too")]
    public void Frontend_WhereNoLookUpComesTo_IsRemoved(string address)
    {
        using var map = new MappedArray<FrontendBucket4>(Tested.Programs.Map("frontends"));
        var (used, free) = (BucketOf(map, Vip), Enumerable.Range(0, map.Count).First(i => map[i].Tag[0] == 0));
        map[free] = map[used];
        map[free].Next = 0;
        map[free].Way[0].Key = new(Address(address));

        AssertPutRight("IPv4 frontends buckets");
        Assert.That(map[free].Tag[0], Is.Zero);
    }

    [Test]
    public void Frontends_OverwrittenByAnything_AreAsBefore([Range(1, 5)] int seed)
    {
        using var map = new MappedArray<FrontendBucket4>(Tested.Programs.Map("frontends"));
        var random = new Random(seed);
        for (var i = 0; i < map.Count; i++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(new Span<FrontendBucket4>(ref map[i])));
        }

        Assert.That(Audit().Select(drift => $"{drift}"), Does.Contain("IPv4 frontends buckets"));
        AssertAsBefore();
    }

    [Test]
    public void Links_CannotBeAttached_TheRestIsPutRight()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Pins.Cgroup, "gone"));
        using var gone = CgroupHandle.Open(folder.FullName);
        folder.Delete();
        for (var i = 0; i < Tested.Maps.Sets.Count; i++)
        {
            Tested.Maps.Sets[i] = 0;
        }

        var report = new AuditReport();
        Tested.Audit(gone, report);

        Assert.That(report.Failures, Has.Some.Contains("attach program connect4"));
        Assert.That(report.Drifts.Select(drift => drift.Kind), Is.All.EqualTo("sets").And.Not.Empty);
        AssertAsBefore();
    }

    [TestCase(1u, Description = "to a bucket that keys hash to")]
    [TestCase(17u, Description = "around and around")]
    [TestCase(1_000_000u, Description = "nowhere")]
    public void Chain_OfBuckets_EndsWhereItIsToEnd(uint next)
    {
        using var map = new MappedArray<FrontendBucket4>(Tested.Programs.Map("frontends"));
        for (var i = 0; i < map.Count; i++)
        {
            FrontendBucket4.NextOf(ref map[i]) = next;
        }

        Assert.That(Audit().Select(drift => $"{drift}"), Does.Contain("IPv4 frontends buckets"));
        AssertAsBefore();
    }

    [Test]
    public void Sets_Flushed_AreThereAgain()
    {
        for (var i = 0; i < Tested.Maps.Sets.Count; i++)
        {
            Tested.Maps.Sets[i] = 0;
        }

        Assert.That(Audit().Select(drift => $"{drift}"), Does.Contain("IPv4 sets default/web, traffic policy Cluster"));
        AssertAsBefore();
    }

    [Test]
    public void Slot_HasAnotherBackend_HasItsOwn()
    {
        Tested.Maps.Slots[0] = new(new(IpAddress.Parse("203.0.113.9"), 80), Tested.Maps.Slots[0].Set, Tested.Maps.Slots[0].Backend, 0);

        Assert.That(Audit(), Has.Count.EqualTo(1));
        AssertAsBefore();
    }

    [Test]
    public void Settings_Flushed_AreAsBefore()
    {
        var map = Tested.Programs.Map("settings");
        map.Write(0, new byte[map.ValueSize]);

        AssertPutRight("IPv4 settings networks, NodePorts");
    }

    [Test]
    public void NodeAddresses_Changed_AreAsBefore()
    {
        var map = new BpfMap<Address4, uint>(Tested.Programs.Map("node_addresses"));
        map.Remove(Address4.From(IpAddress.Parse("198.18.0.1")));
        map.TrySet(Address4.From(IpAddress.Parse("198.18.0.2")), 1);

        AssertPutRight("IPv4 node_addresses NodePorts");
        Assert.That(map.Keys().Select(address => $"{address.ToIpAddress()}"), Is.EqualTo(new[] { "198.18.0.1" }));
    }

    [Test]
    public void SourceRanges_Changed_AreAsBefore()
    {
        var map = new BpfMap<SourceRangeKey<Address4>, uint>(Tested.Programs.Map("source_ranges"));
        var service = map.Keys().Single().Service;
        map.Remove(new(service, new(IpAddress.Parse("10.1.0.0"), 16)));
        map.TrySet(new(service, new(IpAddress.Parse("0.0.0.0"), 0)), 1);

        AssertPutRight("IPv4 source_ranges default/outside");
    }

    [Test]
    public void BackendIds_OfAPortThatWasRenewed_AreFreeOnceNoSocketHasThem()
    {
        var used = Tested.Maps.BackendIds.Used;
        var former = Tested.BackendId("10.96.0.53:53", "10.0.1.6:53", Protocol.Udp);
        Tested.Maps.Backends[(int)former].Live = 1;
        Tested.Apply(Udp("dns", ["10.96.0.53:53"], "10.0.1.6:53"));

        Audit();
        Settle();
        Assert.That(Tested.Maps.BackendIds.Used, Is.EqualTo(used + 1), "a socket is connected by the former");

        Tested.Maps.Backends[(int)former].Live = 0;
        Audit();
        Assert.That(Tested.GracePeriod, Is.Not.Null, "programs may still read it");
        Settle();
        Assert.That(Tested.Maps.BackendIds.Used, Is.EqualTo(used));
    }

    private static int BucketOf(MappedArray<FrontendBucket4> map, string address)
    {
        FrontendKey<Address4> key = new(Address(address));
        return Enumerable.Range(0, map.Count).First(i => Enumerable.Range(0, FrontendBucket4.Ways).Any(way => map[i].Way[way].Key == key));
    }

    private string Folder => Directory.GetDirectories(Pins.Bpffs, "ipv4-*").Single();

    private string Link(string program) => Path.Combine(Pins.Bpffs, "links", program);

    private void AssertPutRight(string drift)
    {
        Assert.That(Audit().Select(found => $"{found}"), Is.EqualTo(new[] { drift }));
        AssertAsBefore();
    }

    private void AssertAsBefore()
    {
        Assert.That(MapDump.Of(Tested), Is.EqualTo(_before));
        Assert.That(Audit(), Is.Empty, "once more");
    }

    private void AssertRuns(string program)
    {
        using var link = BpfLink.TryOpen(Link(program));
        Assert.That((link!.CgroupId, link.ProgramId), Is.EqualTo((Cgroup.Id, Tested.Programs.Programs.Single(one => one.Name == program).Id)));
    }
}
