using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What is left where a step fails, or the process ends between two steps.</summary>
[RequiresBpf]
public sealed class FailureTests : RealMapsFixture
{
    private protected override MapCapacities Small { get; } = new(Frontends: 2, Slots: 4, Sockets: 16);

    [Test]
    public void SetId_UsedAgainByAServiceWithoutBackends_ForgetsTheBackendsOfTheLast()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080"));
        Tested.Apply(Plan("other", "10.96.0.11:80", "10.0.1.6:8080"));
        Tested.Apply(Gone("web"));
        Tested.Apply(Gone("other"));

        Tested.Apply(Plan("empty", "10.96.0.12:80"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "10.96.0.12:80/TCP -> reject" }));
    }

    [Test]
    public void Frontend_HasNoRoom_BackendsThatWentAreEndedAndCanBeUsedAgain()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        Tested.Apply(Service("other", Port("", Protocol.Tcp, ["10.96.0.11:80", "10.96.0.11:81", "10.96.0.11:82"], "10.0.1.1:8080")));
        var gone = BackendIds().Min();

        for (var i = 2; i < 10; i++)
        {
            Assert.That(() => Tested.Apply(Plan("web", "10.96.0.12:80", $"10.0.1.{i}:8080")),
                Throws.TypeOf<MapFullException>().With.Message.Contains("--max-frontends"));
        }

        Assert.That(Tested.Maps.Backends[(int)gone].Generation, Is.Positive);
    }

    [Test]
    public void OnePort_HasNoRoom_TheOthersAreWrittenAllTheSame()
    {
        Tested.Apply(Service("web", Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1"), Port("b", Protocol.Tcp, ["10.96.0.10:81"], "10.0.1.1:2")));

        Assert.That(() => Tested.Apply(Service("web",
                Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1", "10.0.1.2:1", "10.0.1.3:1", "10.0.1.4:1"),
                Port("b", Protocol.Tcp, ["10.96.0.10:81"], "10.0.1.2:2"))),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.1:1",
            "10.96.0.10:81/TCP -> 10.0.1.2:2",
        }));
    }

    [Test]
    public void Slots_WereFreedLately_AndAnotherPortHasWaitedForThem_ThePlanFits()
    {
        var balanced = External(FrontendKind.LoadBalancerIP, "198.51.100.7:80");
        var open = Port("b", Protocol.Tcp, ["10.96.0.10:81"], "10.0.1.1:2") with { Frontends = [balanced] };
        var restricted = open with { SourceRanges = [new(IpAddress.Parse("10.1.0.0"), 16)] };
        Tested.Apply(Service("web", Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1"), restricted with
        {
            Sets = [Set(TrafficPolicy.Cluster, "10.0.1.1:2", "10.0.1.2:2", "10.0.1.3:2")],
        }));
        Tested.Apply(Service("web", Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1"), open));

        Tested.Apply(Service("web", Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1", "10.0.1.2:1"), restricted));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.1:1 10.0.1.2:1",
            "198.51.100.7:80/TCP (LoadBalancerIP) -> 10.0.1.1:2 | from 10.1.0.0/16",
        }));
    }

    [Test]
    public void Slots_AreFull_OtherServicesStillLoseAndReplaceBackends()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:80", "10.0.1.2:80"));
        Tested.Apply(Plan("other", "10.96.0.11:80", "10.0.2.1:80", "10.0.2.2:80"));
        Assert.That(() => Tested.Apply(Plan("other", "10.96.0.11:80", "10.0.2.1:80", "10.0.2.2:80", "10.0.2.3:80")),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));

        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:80", "10.0.1.9:80"));
        Tested.Apply(Plan("other", "10.96.0.11:80", "10.0.2.2:80"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.1:80 10.0.1.9:80",
            "10.96.0.11:80/TCP -> 10.0.2.2:80",
        }));
    }

    [Test]
    public void Restart_ServiceThatHasNoRoom_StaysInForceAsItWas()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        Restart();

        Assert.That(() => Tested.Apply(Plan("web", "10.96.0.10:80", [.. Enumerable.Range(1, 5).Select(i => $"10.0.1.{i}:8080")])),
            Throws.TypeOf<MapFullException>());
        Tested.RemoveUnclaimed();

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.1.1:8080" }));
    }

    [Test]
    public void Restart_AfterTheFlipButBeforeTheEndOfTheGeneration_EndsIt()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        var id = BackendIds().Single();
        Tested.Maps.WriteSet(SetId.Of(MapDump.Entries(Tested.Maps).Single().Target.Service, TrafficPolicy.Cluster), default, NoBackendVerdict.Reject);

        Restart();

        Assert.That(Tested.Maps.Backends[(int)id].Generation, Is.EqualTo(1));
    }

    [Test]
    public void Restart_BackendStillInForce_KeepsItsGeneration()
    {
        Tested.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        var id = BackendIds().Single();

        Restart();

        Assert.That(Tested.Maps.Backends[(int)id].Generation, Is.Zero);
    }

    private uint[] BackendIds() =>
        [.. MapDump.Entries(Tested.Maps)
            .Select(entry => new SetValue(Tested.Maps.Sets[(int)SetId.Of(entry.Target.Service, entry.Target.Internal)]).Range)
            .SelectMany(range => Enumerable.Range(range.First, range.Count))
            .Select(slot => Tested.Maps.Slots[slot].Backend)];
}
