using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What somebody else changes in pins, links and maps is found, and put right.</summary>
[RequiresBpf]
public sealed class AuditTests : RealMapsFixture
{
    private const string Vip = "10.96.0.10:80";

    private CgroupHandle _cgroup = null!;
    private string[] _before = null!;

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16);

    [SetUp]
    public void Serve()
    {
        _cgroup = CgroupHandle.Open(Pins.Cgroup);
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
        Tested.Attach(_cgroup);
        _before = MapDump.Of(Tested);
        Assert.That(Tested.Audit(_cgroup), Is.Empty, "what this has written itself");
    }

    [TearDown]
    public void Close() => _cgroup.Dispose();

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

        Assert.That(Tested.Audit(_cgroup), Is.Not.Empty);

        Assert.That(Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories).Order(), Is.EqualTo(before));
        Assert.That(Tested.Audit(_cgroup), Is.Empty);
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
        using var map = new MappedArray<FrontendBucket4>(Tested.Programs.Map("frontends"));
        for (var i = 0; i < map.Count; i++)
        {
            map[i] = default;
        }

        var drifts = Tested.Audit(_cgroup);

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

        Assert.That(Tested.Audit(_cgroup).Select(drift => $"{drift}"), Does.Contain("IPv4 frontends chains"));
        AssertAsBefore();
    }

    [Test]
    public void Sets_Flushed_AreThereAgain()
    {
        for (var i = 0; i < Tested.Maps.Sets.Count; i++)
        {
            Tested.Maps.Sets[i] = 0;
        }

        Assert.That(Tested.Audit(_cgroup).Select(drift => $"{drift}"), Does.Contain("IPv4 sets default/web, traffic policy Cluster"));
        AssertAsBefore();
    }

    [Test]
    public void Slot_HasAnotherBackend_HasItsOwn()
    {
        Tested.Maps.Slots[0] = new(new(IpAddress.Parse("203.0.113.9"), 80), Tested.Maps.Slots[0].Set, Tested.Maps.Slots[0].Backend, 0);

        Assert.That(Tested.Audit(_cgroup), Has.Count.EqualTo(1));
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

    private string Folder => Directory.GetDirectories(Pins.Bpffs, "ipv4-*").Single();

    private string Link(string program) => Path.Combine(Pins.Bpffs, "links", program);

    private void AssertPutRight(string drift)
    {
        Assert.That(Tested.Audit(_cgroup).Select(found => $"{found}"), Is.EqualTo(new[] { drift }));
        AssertAsBefore();
    }

    private void AssertAsBefore()
    {
        Assert.That(MapDump.Of(Tested), Is.EqualTo(_before));
        Assert.That(Tested.Audit(_cgroup), Is.Empty, "once more");
    }

    private void AssertRuns(string program)
    {
        using var link = BpfLink.TryOpen(Link(program));
        Assert.That((link!.CgroupId, link.ProgramId), Is.EqualTo((_cgroup.Id, Tested.Programs.Programs.Single(one => one.Name == program).Id)));
    }
}
