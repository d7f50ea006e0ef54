using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Two sets for each service port, options, layouts and weights: in the maps, through changes and through a restart.</summary>
[RequiresBpf]
public sealed class PolicyTests : RealMapsFixture
{
    private const string Web = "10.96.0.10:80";
    private const string NodePort = "0.0.0.0:30080";

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void TwoPolicies_EachScopeHasItsSet()
    {
        Tested.Apply(Local("10.0.1.1:80"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[]
        {
            "0.0.0.0:30080/TCP (NodePort) -> 10.0.1.1:80 10.0.2.2:80 | outside: 10.0.1.1:80",
            "10.96.0.10:80/TCP -> 10.0.1.1:80 10.0.2.2:80",
        }));
    }

    [Test]
    public void LocalSet_IsEmpty_SaysWhatOutsideClientsMeet()
    {
        Tested.Apply(Served(
            [External(FrontendKind.NodePort, NodePort, TrafficPolicy.Local)],
            Set(TrafficPolicy.Cluster, "10.0.2.2:80"),
            Set(TrafficPolicy.Local) with { IfEmpty = NoBackendVerdict.Drop }));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "0.0.0.0:30080/TCP (NodePort) -> 10.0.2.2:80 | outside: drop" }));
    }

    [Test]
    public void BackendInBothSets_HasOneIdAndSaysSo()
    {
        Tested.Apply(Local("10.0.1.1:80"));

        var target = Tested.Target(Web);
        Assert.That(Tested.Slots(target, TrafficPolicy.Local).Single().Backend, Is.EqualTo(Tested.BackendId(Web, "10.0.1.1:80")));
        Assert.That(Tested.Backend(Tested.BackendId(Web, "10.0.1.1:80")).Sets, Is.EqualTo(0b11));
        Assert.That(Tested.Backend(Tested.BackendId(Web, "10.0.2.2:80")).Sets, Is.EqualTo(0b01));
    }

    [Test]
    public void BackendLeavesOneOfTwoSets_KeepsIdAndGeneration()
    {
        Tested.Apply(Local("10.0.1.1:80"));
        var id = Tested.BackendId(Web, "10.0.1.1:80");

        Tested.Apply(Local());

        Assert.That(Tested.BackendId(Web, "10.0.1.1:80"), Is.EqualTo(id));
        Assert.That((Tested.Backend(id).Sets, Tested.Backend(id).Generation), Is.EqualTo(((byte)0b01, 0u)));
    }

    [Test]
    public void PolicyChanges_OldSetAnswersWhoReadTheFrontendBefore()
    {
        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80", "10.0.2.2:80")));
        var target = Tested.Target(Web);

        Tested.Apply(Served([ClusterIP(Web, TrafficPolicy.Local)], Set(TrafficPolicy.Local, "10.0.1.1:80")));
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.1.1:80" }));
        Assert.That(Tested.Slots(target, TrafficPolicy.Cluster), Has.Length.EqualTo(2), "cleared at once it would refuse them");

        Settle();
        Assert.That(Tested.Slots(target, TrafficPolicy.Cluster), Is.Empty);
    }

    [Test]
    public void PolicyChanges_ThereAndBack_ServesAllTheTime()
    {
        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80", "10.0.2.2:80")));
        Tested.Apply(Served([ClusterIP(Web, TrafficPolicy.Local)], Set(TrafficPolicy.Local, "10.0.1.1:80")));

        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.2.2:80")));
        Settle();

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> 10.0.2.2:80" }), "what was to be cleared is in use again");
    }

    [Test]
    public void PolicyChanges_BackToASetThatRefuses_Refuses()
    {
        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80")));
        Tested.Apply(Served([ClusterIP(Web, TrafficPolicy.Local)], Set(TrafficPolicy.Local, "10.0.1.1:80")));

        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster)));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { "10.96.0.10:80/TCP -> reject" }));
    }

    [Test]
    public void SetThatNobodyNames_GoesAfterARestartToo()
    {
        Tested.Apply(Local("10.0.1.1:80"));
        var target = Tested.Target(Web);
        Restart();

        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80", "10.0.2.2:80")));
        Settle();

        Assert.That(Tested.Slots(target, TrafficPolicy.Local), Is.Empty);
        Assert.That(Tested.Backend(Tested.BackendId(Web, "10.0.1.1:80")).Sets, Is.EqualTo(0b01));
    }

    [Test]
    public void LayoutAndWeights_AreWritten_AndAreTheAppliedStateAfterARestart()
    {
        Tested.Apply(Weighted());
        var dump = MapDump.Of(Tested);
        Assert.That(dump, Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.1:80 weight 3 in 3 slots 10.0.2.2:80 | affinity 600 s | LeastConnections",
        }));
        var ranges = Tested.Slots(Tested.Target(Web), TrafficPolicy.Cluster).Select(slot => slot.Backend).ToArray();
        var set = Tested.Maps.Sets[(int)SetId.Of(Tested.Target(Web).Service, TrafficPolicy.Cluster)];

        Restart();
        Tested.Apply(Weighted());

        Assert.That(Tested.Maps.Sets[(int)SetId.Of(Tested.Target(Web).Service, TrafficPolicy.Cluster)], Is.EqualTo(set), "nothing is rewritten");
        Assert.That(Tested.Slots(Tested.Target(Web), TrafficPolicy.Cluster).Select(slot => slot.Backend), Is.EqualTo(ranges));
        Assert.That(MapDump.Of(Tested), Is.EqualTo(dump));
    }

    [Test]
    public void AffinitySwitchedOff_ServiceIdIsRenewed([Values] bool afterRestart)
    {
        Tested.Apply(Weighted());
        var before = Tested.Target(Web).Service;
        if (afterRestart)
        {
            Restart();
        }

        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80")));
        Assert.That(Tested.Target(Web).Service, Is.Not.EqualTo(before), "clients' records are found by it");

        var renewed = Tested.Target(Web).Service;
        Tested.Apply(Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.2.2:80")));
        Assert.That(Tested.Target(Web).Service, Is.EqualTo(renewed), "once is enough");
    }

    [Test]
    public void UdpFrontendGone_ServiceIdIsRenewed_RestOfTheClusterIPAside()
    {
        Tested.Apply(Dns([ClusterIP("10.96.0.10:53", protocol: Protocol.Udp), ClusterIP("10.96.0.11:53", protocol: Protocol.Udp), Rest("10.96.0.10")]));
        var before = Tested.Target("10.96.0.10:53", Protocol.Udp);

        Tested.Apply(Dns([ClusterIP("10.96.0.10:53", protocol: Protocol.Udp), ClusterIP("10.96.0.11:53", protocol: Protocol.Udp)]));
        Assert.That(Tested.Target("10.96.0.10:53", Protocol.Udp), Is.EqualTo(before));

        Tested.Apply(Dns([ClusterIP("10.96.0.10:53", protocol: Protocol.Udp)]));
        Assert.That(Tested.Target("10.96.0.10:53", Protocol.Udp).Service, Is.Not.EqualTo(before.Service));
    }

    [Test]
    public void RestOfTheClusterIP_OfAnotherPortAfterARestart_LeavesThatPortWhatItHas()
    {
        Tested.Apply(Dns([ClusterIP("10.96.0.10:53", protocol: Protocol.Udp), Rest("10.96.0.10")]));
        var before = Tested.Target("10.96.0.10:53", Protocol.Udp);
        Restart();

        var first = Port("tcp", Protocol.Tcp, ["10.96.0.10:53"], "10.0.1.1:53");
        var second = Dns([ClusterIP("10.96.0.10:53", protocol: Protocol.Udp)]).Ports[0];
        Tested.Apply(Service("dns", first with { Frontends = [.. first.Frontends, Rest("10.96.0.10")] }, second));
        Tested.RemoveUnclaimed();

        Assert.That(Tested.Target("10.96.0.10:53", Protocol.Udp), Is.EqualTo(before));
    }

    [Test]
    public void ServiceId_UsedAgain_BeginsWithoutCountsAndTurns()
    {
        Tested.Apply(Plan("web", Web, "10.0.1.1:80"));
        var id = (int)Tested.Target(Web).Service;
        using var counters = new KubeProxyNext.Bpf.MappedArray<(ulong Connections, ulong Refused)>(Tested.Programs.Map("service_counters"));
        using var cursors = new KubeProxyNext.Bpf.MappedArray<uint>(Tested.Programs.Map("cursors"));
        (counters[id], counters[id + Small.Frontends], cursors[2 * id], cursors[2 * id + 1]) = ((7, 8), (9, 10), 11, 12);

        Tested.Apply(Gone("web"));
        Settle();
        for (var i = 0; i < Small.Frontends; i++)
        {
            Tested.Apply(Plan($"next-{i}", $"10.96.1.{i}:80", "10.0.1.1:80"));
        }

        Assert.That(
            (counters[id], counters[id + Small.Frontends], cursors[2 * id], cursors[2 * id + 1]),
            Is.EqualTo(((0ul, 0ul), (0ul, 0ul), 0u, 0u)));
    }

    private static ServicePlan Weighted()
    {
        var plan = Served([ClusterIP(Web)], Set(TrafficPolicy.Cluster, "10.0.1.1:80*3", "10.0.2.2:80") with { Layout = [0, 1, 0, 0] });
        return plan with
        {
            Ports = [plan.Ports[0] with { AffinityTimeout = TimeSpan.FromMinutes(10), Algorithm = BalancingAlgorithm.LeastConnections }],
        };
    }

    private static ServicePlan Local(params string[] local) => Served(
        [ClusterIP(Web), External(FrontendKind.NodePort, NodePort, TrafficPolicy.Local)],
        Set(TrafficPolicy.Cluster, "10.0.1.1:80", "10.0.2.2:80"),
        Set(TrafficPolicy.Local, local));

    private static ServicePlan Dns(Frontend[] frontends) =>
        Service("dns", Port("", Protocol.Udp, ["10.96.0.10:53"], "10.0.1.1:53") with { Frontends = [.. frontends] });

    private static ServicePlan Served(Frontend[] frontends, params BackendSet[] sets) =>
        Service("web", Port("", Protocol.Tcp, [Web]) with { Frontends = [.. frontends], Sets = [.. sets] });
}
