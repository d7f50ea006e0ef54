using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv6Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket6, KubeProxyNext.Dataplane.Maps.Address6>;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Plans in, the maps of the real kernel out.</summary>
[RequiresBpf]
public sealed class FamilyDataplaneTests : RealMapsFixture
{
    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void Apply_Plan_IsWhatTheMapsSay()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080"));
        Tested.Apply(Plan("empty", "10.96.0.11:80"));

        Assert.That(Dump(), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.5:8080 10.0.2.7:8080",
            "10.96.0.11:80/TCP -> reject",
        }));
    }

    [Test]
    public void Apply_IPv6Plan_IsWhatTheMapsSay()
    {
        using var pins = new TemporaryPins();
        using var dataplane = new IPv6Dataplane(pins.Bpffs, Small);

        dataplane.Apply(Plan("web", "[2001:db8::10]:80", "[2001:db8:1::5]:8080"));

        Assert.That(MapDump.Of(dataplane), Is.EqualTo(new[] { "[2001:db8::10]:80/TCP -> [2001:db8:1::5]:8080" }));
    }

    [Test]
    public void Apply_PlanOfTheOtherFamily_WritesNothing()
    {
        Tested.Apply(Plan("web", "[2001:db8::10]:80", "[2001:db8:1::5]:8080"));

        Assert.That(Dump(), Is.Empty);
    }

    [Test]
    public void Apply_OtherEndpoints_FlipsTheSetAndKeepsIds()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080"));
        var (before, stays) = (Target("10.96.0.10:80"), BackendIdOf("10.96.0.10:80", "10.0.2.7:8080"));

        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.2.7:8080", "10.0.3.9:8080"));

        Assert.That(Dump(), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.2.7:8080 10.0.3.9:8080" }));
        Assert.That(Target("10.96.0.10:80"), Is.EqualTo(before));
        Assert.That(BackendIdOf("10.96.0.10:80", "10.0.2.7:8080"), Is.EqualTo(stays));
    }

    [Test]
    public void Apply_BackendGone_EndsItsGeneration()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080"));
        var (gone, stays) = (BackendIdOf("10.96.0.10:80", "10.0.1.5:8080"), BackendIdOf("10.96.0.10:80", "10.0.2.7:8080"));

        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.2.7:8080"));

        Assert.That(Tested.Maps.Backends[(int)gone].Generation, Is.EqualTo(1));
        Assert.That(Tested.Maps.Backends[(int)stays].Generation, Is.Zero);
    }

    [Test]
    public void Apply_BackendGone_EndsItsGenerationAgainAfterAGracePeriod()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080"));
        var gone = BackendIdOf("10.96.0.10:80", "10.0.1.5:8080");
        Tested.Apply(Plan("web", "10.96.0.10:80"));

        bool EndedTwice()
        {
            Tested.Collect();
            return Tested.Maps.Backends[(int)gone].Generation == 2;
        }

        Assert.That(SpinWait.SpinUntil(EndedTwice, TimeSpan.FromSeconds(30)),
            "a program that had read the slot before may have remembered the first end as valid");
    }

    [Test]
    public void Apply_SameAgain_WritesNothing()
    {
        var plan = Plan("web", "10.96.0.10:80", "10.0.1.5:8080");
        Tested.Apply(plan);
        var before = RangeOf("10.96.0.10:80");

        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080"));

        Assert.That(RangeOf("10.96.0.10:80"), Is.EqualTo(before), "a written set would have a fresh range");
    }

    [Test]
    public void Apply_Deleted_LeavesTheMapsEmptyAndEverythingFree()
    {
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < Small.Frontends; i++)
            {
                Tested.Apply(Plan($"web-{i}", $"10.96.{round}.{i}:80", "10.0.1.5:8080", "10.0.2.7:8080", "10.0.3.9:8080"));
            }

            Assert.That(Dump(), Has.Length.EqualTo(Small.Frontends));
            for (var i = 0; i < Small.Frontends; i++)
            {
                Tested.Apply(new(new("default", $"web-{i}"), default));
            }

            Assert.That(Dump(), Is.Empty);
        }
    }

    [Test]
    public void Apply_AddressPassesOn_IsNotRemovedByTheLoser()
    {
        Tested.Apply(Plan("old", "10.96.0.10:80", "10.0.1.5:8080"));

        Tested.Apply(Plan("new", "10.96.0.10:80", "10.0.2.7:8080"));
        Tested.Apply(new(new("default", "old"), default));

        Assert.That(Dump(), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.2.7:8080" }));
    }

    [Test]
    public void Apply_FullMap_NamesTheOptionAndLeavesOthersInForce()
    {
        for (var i = 0; i < Small.Frontends; i++)
        {
            Tested.Apply(Plan($"web-{i}", $"10.96.0.{i}:80", "10.0.1.5:8080"));
        }

        Assert.That(() => Tested.Apply(Plan("more", "10.96.1.1:80", "10.0.1.5:8080")),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-frontends"));
        Assert.That(() => Tested.Apply(Plan("web-0", "10.96.0.0:80", [.. Enumerable.Range(1, 60).Select(i => $"10.0.1.{i}:8080")])),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));
        Assert.That(Dump(), Has.Length.EqualTo(Small.Frontends).And.All.EndsWith("-> 10.0.1.5:8080"));

        Tested.Apply(new(new("default", "web-3"), default));
        Tested.Apply(Plan("more", "10.96.1.1:80", "10.0.1.5:8080"));
        Assert.That(Dump(), Has.Some.StartsWith("10.96.1.1:80/TCP"));
    }

    [Test]
    public void Restart_PinnedMaps_AreTheAppliedState()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080"));
        Tested.Apply(Plan("gone", "10.96.0.11:80", "10.0.1.5:8080"));
        var (target, range, dump) = (Target("10.96.0.10:80"), RangeOf("10.96.0.10:80"), Dump());

        Restart();
        Assert.That(Dump(), Is.EqualTo(dump), "nothing is withdrawn before plans are in");

        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080", "10.0.2.7:8080"));
        Tested.RemoveUnclaimed();
        Assert.That((Target("10.96.0.10:80"), RangeOf("10.96.0.10:80")), Is.EqualTo((target, range)), "ids stay, nothing is rewritten");
        Assert.That(Dump(), Is.EqualTo(dump[..1]));

        for (var i = 1; i < Small.Frontends; i++)
        {
            Tested.Apply(Plan($"more-{i}", $"10.96.1.{i}:80", "10.0.1.5:8080", "10.0.1.6:8080", "10.0.1.7:8080"));
        }

        Assert.That(Dump(), Has.Length.EqualTo(Small.Frontends), "what was removed can be used again");
    }

    [Test]
    public void Attach_Again_KeepsEveryLinkAndUpdatesItsProgram()
    {
        using var cgroup = CgroupHandle.Open(Pins.Cgroup);
        Tested.Attach(cgroup);
        var links = Directory.GetFiles(Path.Combine(Pins.Bpffs, "links")).Order().ToArray();

        Restart();
        Tested.Attach(cgroup);

        Assert.That(links.Select(Path.GetFileName), Does.Contain("connect4").And.Contain("release4").And.Contain("recvmsg4_mapped"));
        Assert.That(Directory.GetFiles(Path.Combine(Pins.Bpffs, "links")).Order(), Is.EqualTo(links));
    }

    [Test]
    public void Attach_OtherCgroup_MovesTheLink()
    {
        using var other = new TemporaryPins();
        using var cgroup = CgroupHandle.Open(Pins.Cgroup);
        using var next = CgroupHandle.Open(other.Cgroup);
        Tested.Attach(cgroup);

        Tested.Attach(next);

        using var link = BpfLink.TryOpen(Path.Combine(Pins.Bpffs, "links", "connect4"));
        Assert.That(link!.CgroupId, Is.EqualTo(next.Id));
    }

    [Test]
    public void BackendId_WithLiveSockets_IsNotUsedAgain()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080"));
        var id = BackendIdOf("10.96.0.10:80", "10.0.1.5:8080");
        Tested.Maps.Backends[(int)id].Live = 1;

        Tested.Apply(new(new("default", "web"), default));
        for (var i = 0; i < Small.Slots - 1; i++)
        {
            Tested.Apply(Plan("next", "10.96.0.12:80", $"10.0.2.{i}:8080"));
            Assert.That(BackendIdOf("10.96.0.12:80", $"10.0.2.{i}:8080"), Is.Not.EqualTo(id));
        }

        Tested.Maps.Backends[(int)id].Live = 0;
    }

    private string[] Dump() => MapDump.Of(Tested);

    private FrontendTarget Target(string frontend) =>
        Tested.Maps.Frontends.Find(new FrontendKey<Address4>(Address(frontend)))!.Value;

    private SlotRange RangeOf(string frontend) => new SetValue(Tested.Maps.Sets[(int)SetId.Of(Target(frontend).Service, TrafficPolicy.Cluster)]).Range;

    private uint BackendIdOf(string frontend, string backend)
    {
        var range = RangeOf(frontend);
        return Enumerable.Range(range.First, range.Count)
            .Select(slot => Tested.Maps.Slots[slot])
            .Single(slot => slot.ToBackend().ToString() == backend).Backend;
    }
}
