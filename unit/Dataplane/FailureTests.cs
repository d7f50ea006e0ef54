using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What is left where a step fails, or the process ends between two steps.</summary>
[RequiresBpf]
public sealed class FailureTests
{
    private static readonly MapCapacities Small = new(Frontends: 2, Slots: 4, Sockets: 16);

    private TemporaryPins _pins = null!;
    private IPv4Dataplane _dataplane = null!;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        _dataplane = new(_pins.Bpffs, Small);
    }

    [TearDown]
    public void TearDown()
    {
        _dataplane.Dispose();
        _pins.Dispose();
    }

    [Test]
    public void SetId_UsedAgainByAServiceWithoutBackends_ForgetsTheBackendsOfTheLast()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.5:8080"));
        _dataplane.Apply(Plan("other", "10.96.0.11:80", "10.0.1.6:8080"));
        _dataplane.Apply(Gone("web"));
        _dataplane.Apply(Gone("other"));

        _dataplane.Apply(Plan("empty", "10.96.0.12:80"));

        Assert.That(MapDump.Of(_dataplane), Is.EqualTo(new[] { "10.96.0.12:80/TCP Internal -> reject" }));
    }

    [Test]
    public void Frontend_HasNoRoom_BackendsThatWentAreEndedAndCanBeUsedAgain()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        _dataplane.Apply(Plan("other", "10.96.0.11:80", "10.0.1.1:8080"));
        var gone = BackendIds().Min();

        for (var i = 2; i < 10; i++)
        {
            Assert.That(() => _dataplane.Apply(Plan("web", "10.96.0.12:80", $"10.0.1.{i}:8080")),
                Throws.TypeOf<MapFullException>().With.Message.Contains("--max-frontends"));
        }

        Assert.That(_dataplane.Maps.Backends[(int)gone].Generation, Is.Positive);
    }

    [Test]
    public void OnePort_HasNoRoom_TheOthersAreWrittenAllTheSame()
    {
        _dataplane.Apply(Service("web", Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1"), Port("b", Protocol.Tcp, ["10.96.0.10:81"], "10.0.1.1:2")));

        Assert.That(() => _dataplane.Apply(Service("web",
                Port("a", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:1", "10.0.1.2:1", "10.0.1.3:1", "10.0.1.4:1"),
                Port("b", Protocol.Tcp, ["10.96.0.10:81"], "10.0.1.2:2"))),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));

        Assert.That(MapDump.Of(_dataplane), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP Internal -> 10.0.1.1:1",
            "10.96.0.10:81/TCP Internal -> 10.0.1.2:2",
        }));
    }

    [Test]
    public void Slots_AreFull_OtherServicesStillLoseAndReplaceBackends()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:80", "10.0.1.2:80"));
        _dataplane.Apply(Plan("other", "10.96.0.11:80", "10.0.2.1:80", "10.0.2.2:80"));
        Assert.That(() => _dataplane.Apply(Plan("other", "10.96.0.11:80", "10.0.2.1:80", "10.0.2.2:80", "10.0.2.3:80")),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-slots"));

        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:80", "10.0.1.9:80"));
        _dataplane.Apply(Plan("other", "10.96.0.11:80", "10.0.2.2:80"));

        Assert.That(MapDump.Of(_dataplane), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP Internal -> 10.0.1.1:80 10.0.1.9:80",
            "10.96.0.11:80/TCP Internal -> 10.0.2.2:80",
        }));
    }

    [Test]
    public void Restart_ServiceThatHasNoRoom_StaysInForceAsItWas()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        Restart();

        Assert.That(() => _dataplane.Apply(Plan("web", "10.96.0.10:80", [.. Enumerable.Range(1, 5).Select(i => $"10.0.1.{i}:8080")])),
            Throws.TypeOf<MapFullException>());
        _dataplane.RemoveUnclaimed();

        Assert.That(MapDump.Of(_dataplane), Is.EqualTo(new[] { "10.96.0.10:80/TCP Internal -> 10.0.1.1:8080" }));
    }

    [Test]
    public void Restart_AfterTheFlipButBeforeTheEndOfTheGeneration_EndsIt()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        var id = BackendIds().Single();
        _dataplane.Maps.WriteSet(MapDump.Entries(_dataplane.Maps).Single().Target.Set, default, NoBackendVerdict.Reject);

        Restart();

        Assert.That(_dataplane.Maps.Backends[(int)id].Generation, Is.EqualTo(1));
    }

    [Test]
    public void Restart_BackendStillInForce_KeepsItsGeneration()
    {
        _dataplane.Apply(Plan("web", "10.96.0.10:80", "10.0.1.1:8080"));
        var id = BackendIds().Single();

        Restart();

        Assert.That(_dataplane.Maps.Backends[(int)id].Generation, Is.Zero);
    }

    private uint[] BackendIds() =>
        [.. MapDump.Entries(_dataplane.Maps)
            .Select(entry => new SetValue(_dataplane.Maps.Sets[(int)entry.Target.Set]).Range)
            .SelectMany(range => Enumerable.Range(range.First, range.Count))
            .Select(slot => _dataplane.Maps.Slots[slot].Backend)];

    private void Restart()
    {
        _dataplane.Dispose();
        _dataplane = new(_pins.Bpffs, Small);
    }
}
