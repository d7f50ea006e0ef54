using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>A start finds maps that somebody else has written while nobody looked: whatever that was, plans are in force afterwards.</summary>
[RequiresBpf]
public sealed class OverwrittenMapTests : RealMapsFixture
{
    private static readonly string[] Maps = ["frontends", "sets", "slots", "settings"];

    private static readonly IpNetwork[] Networks = [new(IpAddress.Parse("10.96.0.0"), 12)];

    private static readonly ServicePlan[] Plans =
    [
        Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080*3"),
        Udp("dns", ["10.96.0.53:53", "10.96.0.54:53"], "10.0.1.6:53"),
        Service("outside", Port("", Protocol.Tcp, ["10.96.0.20:80"], "10.0.1.5:8080") with
        {
            Frontends = [ClusterIP("10.96.0.20:80"), External(FrontendKind.LoadBalancerIP, "198.51.100.7:80", TrafficPolicy.Local)],
            Sets = [Set(TrafficPolicy.Cluster, "10.0.1.5:8080", "10.0.1.6:8080", "10.0.1.7:8080"), Set(TrafficPolicy.Local, "10.0.1.6:8080")],
            SourceRanges = [new(IpAddress.Parse("10.1.0.0"), 16)],
        }),
        Plan("empty", "10.96.0.30:80"),
    ];

    private string[] _before = null!;

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 16);

    [SetUp]
    public void Serve()
    {
        Apply();
        _before = MapDump.Of(Tested);
    }

    [Test]
    public void Map_HasAnything_PlansAreInForce([ValueSource(nameof(Maps))] string name, [Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        Overwrite(name, _ => true, random.NextBytes);

        AssertPlansAreInForce();
    }

    [Test]
    public void Map_IsFullOfOnes_PlansAreInForce([ValueSource(nameof(Maps))] string name)
    {
        Overwrite(name, _ => true, static value => value.Fill(0xff));

        AssertPlansAreInForce();
    }

    [Test]
    public void Slot_HasABackendThatCannotBe_TheOthersKeepTheirIds()
    {
        var ids = BackendIds();
        Overwrite("slots", slot => slot == 0, static value => value.Fill(0xff));

        AssertPlansAreInForce();

        Assert.That(ids.Intersect(BackendIds()).Count(), Is.GreaterThanOrEqualTo(ids.Length - 1));
    }

    [Test]
    public void Slots_NameOneAnothersBackends_PlansAreInForce()
    {
        using (var map = new MappedArray<SlotValue<Address4>>(Tested.Programs.Map("slots")))
        {
            for (var slot = 1; slot < 8; slot++)
            {
                map[slot] = new(map[slot].ToBackend(), map[slot].Set, map[0].Backend, 0);
            }
        }

        AssertPlansAreInForce();
    }

    [Test]
    public void Sets_LeadToTheSameSlots_PlansAreInForce()
    {
        using (var map = new MappedArray<ulong>(Tested.Programs.Map("sets")))
        {
            for (var set = 1; set < 8; set++)
            {
                map[set] = map[0];
            }
        }

        AssertPlansAreInForce();
    }

    [Test]
    public void SourceRange_OfAllServices_IsGone()
    {
        var map = new BpfMap<SourceRangeKey<Address4>, uint>(Tested.Programs.Map("source_ranges"));
        map.TrySet(default, 1);

        AssertPlansAreInForce();

        Assert.That(new BpfMap<SourceRangeKey<Address4>, uint>(Tested.Programs.Map("source_ranges")).Keys(), Is.Empty);
    }

    private void AssertPlansAreInForce()
    {
        Restart();
        Apply();
        Assert.That(MapDump.Of(Tested), Is.EqualTo(_before));

        foreach (var plan in Plans)
        {
            Tested.Apply(Gone(plan.Name.Name));
        }

        Tested.SetServiceNetworks([]);
        Tested.SetNodeAddresses([], loopback: false);
        Settle();
        Assert.That(MapDump.Of(Tested), Is.Empty);
        Assert.That((Tested.Maps.ServiceIds.Used, Tested.Maps.BackendIds.Used, Tested.Maps.SlotRanges.Used, Tested.Maps.Frontends.Count), Is.EqualTo((0, 0, 0, 0)));
    }

    private void Apply()
    {
        Array.ForEach(Plans, plan => Tested.Apply(plan));
        Tested.RemoveUnclaimed();
        Tested.SetServiceNetworks(Networks);
        Tested.SetNodeAddresses([IpAddress.Parse("198.18.0.1")], loopback: true);
        Settle();
    }

    private void Overwrite(string name, Func<int, bool> isMeant, ValueWriter write)
    {
        var map = Tested.Programs.Map(name);
        var value = new byte[map.ValueSize];
        for (var i = 0; i < map.MaxEntries; i++)
        {
            if (isMeant(i))
            {
                map.Read(i, value);
                write(value);
                map.Write(i, value);
            }
        }
    }

    private uint[] BackendIds() => [.. Enumerable.Range(0, 8).Select(slot => Tested.Maps.Slots[slot].Backend).Distinct()];

    private delegate void ValueWriter(Span<byte> value);
}
