using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>Maps of one capacity that take the place of those of another.</summary>
[RequiresBpf]
public sealed class ResizeTests : RealMapsFixture
{
    private static readonly ServicePlan Web = Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080*3");
    private static readonly ServicePlan Dns = Udp("dns", ["10.96.0.53:53"], "10.0.1.6:53");

    private static readonly MapCapacities First = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16, Affinities: 1024);

    private static readonly MapCapacities[] Others =
    [
        First with { Frontends = 512 },
        First with { Frontends = 8 },
        First with { Slots = 1024 },
        First with { Slots = 32 },
        First with { SourceRanges = 64 },
        First with { Sockets = 256 },
        First with { Affinities = 4096 },
        new(Frontends: 64, Slots: 256, Sockets: 64, SourceRanges: 64, Affinities: 2048),
    ];

    private CgroupHandle _cgroup = null!;

    private protected override MapCapacities Small => First;

    [SetUp]
    public void Open() => _cgroup = CgroupHandle.Open(Pins.Cgroup);

    [TearDown]
    public void Close() => _cgroup.Dispose();

    [TestCaseSource(nameof(Others))]
    public void Resize_WhatIsInForce_KeepsItsIds(MapCapacities capacities)
    {
        Tested.Apply(Plan("gone", "10.96.0.9:80", "10.0.1.1:8080"));
        Tested.Apply(Web);
        Tested.Apply(Dns);
        Tested.Apply(Gone("gone"));
        Tested.Attach(_cgroup);
        var (dump, ids) = (MapDump.Of(Tested), Ids());

        Resize(capacities);
        Assert.That((MapDump.Of(Tested), Ids()), Is.EqualTo((dump, ids)), "before anything is planned");
        TakeOver(Web, Dns);

        Assert.That((MapDump.Of(Tested), Ids()), Is.EqualTo((dump, ids)));
    }

    [Test]
    public void Resize_UntilItIsDone_LeavesTheFormerMapsAsTheyAre()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var former = Folders().Single();
        var programs = Programs();

        Resize(Others[0]);
        Tested.Apply(Gone("web"));
        Assert.That(Folders(), Has.Length.EqualTo(2).And.Contains(former));
        Assert.That(Programs(), Is.EqualTo(programs));

        // Killed: whoever starts then finds the former ones.
        Tested.Dispose();
        Tested = new(Pins.Bpffs, First);
        Assert.That(MapDump.Of(Tested), Has.Length.EqualTo(1));
        TakeOver(Web);
        Assert.That(Folders(), Is.EqualTo(new[] { former }));
    }

    [Test]
    public void Resize_Attached_RemovesTheFormerMaps()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var (former, programs) = (Folders().Single(), Programs());

        Resize(Others[0]);
        TakeOver(Web);

        Assert.That(Folders(), Has.Length.EqualTo(1).And.Not.Contains(former));
        Assert.That(Programs().Keys, Is.EqualTo(programs.Keys));
        Assert.That(Programs().Values, Is.Not.EquivalentTo(programs.Values));
    }

    [Test]
    public void Resize_KilledWhileProgramsAreReplaced_GoesOn()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        Write("service_counters", IdOf("10.96.0.10:80"), (7UL, 2UL));
        var before = (MapDump.Of(Tested), Ids());
        Resize(Others[0]);
        Tested.Apply(Web);
        Tested.Attach(_cgroup);

        // Killed before what was counted last is carried over.
        Resize(Others[0]);
        Assert.That((MapDump.Of(Tested), Ids()), Is.EqualTo(before));
        TakeOver(Web);

        Assert.That(Tested.Maps.ReadCounters(IdOf("10.96.0.10:80")), Is.EqualTo((7, 2)));
        Assert.That(Folders(), Has.Length.EqualTo(1));
    }

    [TestCaseSource(nameof(Others))]
    public void Resize_WhatIsCounted_GoesOn(MapCapacities capacities)
    {
        Tested.Apply(Dns);
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var (service, backend) = (IdOf("10.96.0.10:80"), Tested.Maps.Slots[Range("10.96.0.10:80").First].Backend);
        Write("service_counters", service, (7UL, 2UL));
        Tested.Maps.Backends[(int)backend].Live = 3;
        Write("service_traffic", service, new ServiceTrafficValue { ToBackends = new(5, 500), Generation = Traffic(service).Generation });

        Resize(capacities);
        TakeOver(Dns, Web);

        Assert.That(Tested.Maps.ReadCounters(service), Is.EqualTo((7, 2)));
        Assert.That(Tested.Maps.ReadTraffic(service).ToBackends, Is.EqualTo(new Traffic(5, 500)));
        Assert.That(Tested.Maps.Backends[(int)backend].Live, Is.EqualTo(capacities.Sockets == First.Sockets || capacities.Frontends == First.Frontends ? 3 : 0));
        Tested.Maps.Backends[(int)backend].Live = 0;
    }

    [Test]
    public void Resize_BackendWithSocketsByTheFormerMaps_IsNotUsedAgain()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var backend = Tested.Maps.Slots[Range("10.96.0.10:80").First].Backend;
        Tested.Maps.Backends[(int)backend].Live = 1;

        Resize(Others[0]);
        Tested.Apply(Gone("web"));
        Tested.Drain();
        for (var i = 0; i < 20; i++)
        {
            Tested.Apply(Plan($"next-{i}", $"10.96.1.{i}:80", $"10.0.3.{i}:80"));
            Assert.That(Tested.Maps.Slots[Range($"10.96.1.{i}:80").First].Backend, Is.Not.EqualTo(backend));
        }

        Tested.Maps.Backends[(int)backend].Live = 0;
    }

    [Test]
    public void Resize_ClientsAffinities_Stay()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var map = Tested.Programs.Map("affinities");
        byte[] key = [1, .. new byte[map.KeySize - 1]], value = [2, .. new byte[map.ValueSize - 1]];
        Assert.That(map.TryAdd(key, value), Is.True);

        Resize(First with { Affinities = 4096 });
        TakeOver(Web);

        var read = new BatchReader(Tested.Programs.Map("affinities"));
        Assert.That(read.Read(), Is.True);
        Assert.That((read.Key(0).ToArray(), read.Value(0).ToArray()), Is.EqualTo((key, value)));
    }

    [Test]
    public void Resize_OfOneMap_LeavesTheOthersWhereTheyAre()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var before = MapIds();

        Resize(First with { Affinities = 4096 });
        TakeOver(Web);

        Assert.That(MapIds().Except(before).Select(map => map.Name), Is.EqualTo(new[] { "affinities" }));
    }

    [Test]
    public void Attach_RefusedHalfWay_HasTheFormerProgramsAtWork()
    {
        Tested.Apply(Web);
        Tested.Attach(_cgroup);
        var links = Path.Combine(Pins.Bpffs, "links");
        var last = Programs().Keys.Single(name => name == "sendmsg4");
        File.Delete(Path.Combine(links, last));
        using (var other = BpfLink.TryOpen(Path.Combine(links, "release4")))
        {
            // A link that takes no program of this kind.
            other!.Pin(Path.Combine(links, last));
        }

        var programs = Programs();
        Resize(Others[0]);
        Tested.Apply(Web);

        Assert.That(() => Tested.Attach(_cgroup), Throws.TypeOf<BpfException>().With.Message.Contains(last));
        Assert.That(Programs(), Is.EqualTo(programs));
    }

    [Test]
    public void Resize_TooSmallForWhatIsInForce_LeavesNothingMapped()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", [.. Enumerable.Range(1, 60).Select(i => $"10.0.1.{i}:8080")]));
        Tested.Dispose();
        var before = MappedWindows();

        var refused = Assert.Catch(() => Tested = new(Pins.Bpffs, First with { Slots = 16 }));
        var after = MappedWindows();

        Tested = new(Pins.Bpffs, First);
        Assert.That(refused, Is.TypeOf<MapFullException>());
        Assert.That(after, Is.EqualTo(before));
    }

    // Of arrays that are mapped into this process.
    private static int MappedWindows() => File.ReadLines("/proc/self/maps").Count(line => line.EndsWith("anon_inode:bpf-map", StringComparison.Ordinal));

    private void Resize(MapCapacities capacities)
    {
        Tested.Dispose();
        Tested = new(Pins.Bpffs, capacities);
    }

    private void TakeOver(params ServicePlan[] plans)
    {
        Array.ForEach(plans, Tested.Apply);
        Tested.RemoveUnclaimed();
        Tested.Attach(_cgroup);
        Tested.RemoveFormer();
    }

    private string[] Folders() => Directory.GetDirectories(Pins.Bpffs, "ipv4-*");

    private Dictionary<string, uint> Programs() => Directory.GetFiles(Path.Combine(Pins.Bpffs, "links")).Order().ToDictionary(path => Path.GetFileName(path)!, path =>
    {
        using var link = BpfLink.TryOpen(path);
        return link!.ProgramId;
    });

    private (string Name, uint Id)[] MapIds() => [.. Tested.Programs.Maps.Where(map => !map.Name.Contains('.')).Select(map => (map.Name, map.Id))];

    private string Ids() => string.Join(' ', Tested.Maps.Frontends.Entries().OrderBy(entry => entry.Target.Service).SelectMany(entry =>
        Enumerable.Range(Range(entry.Key.ToString()).First, Range(entry.Key.ToString()).Count).Select(slot =>
            $"{entry.Target.Service}:{Tested.Maps.Slots[slot].Backend}/{Tested.Maps.Backends[(int)Tested.Maps.Slots[slot].Backend].Generation}")));

    private uint IdOf(string frontend) => Tested.Maps.Frontends.Entries().Single(entry => entry.Key.ToString().StartsWith(frontend)).Target.Service;

    private SlotRange Range(string frontend) => new SetValue(Tested.Maps.Sets[(int)SetId.Of(IdOf(frontend), TrafficPolicy.Cluster)]).Range;

    private ServiceTrafficValue Traffic(uint service) => Tested.Maps.ReadTraffic(service);

    private void Write<T>(string map, uint index, T value)
        where T : unmanaged => Tested.Programs.Map(map).Write((int)index, MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
