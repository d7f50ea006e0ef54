using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Session affinity ClientIP (behaviour 5, scenarios 72 to 76).</summary>
public sealed class AffinityTests(IpFamily family) : RulesFixture(family)
{
    private static readonly GivenService Sticky = new() { Cluster = "L1 L2 R1 R2", Local = "L1 L2", Affinity = TimeSpan.FromSeconds(60) };
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    [Test]
    public void Client_KeepsItsBackend_ByWhicheverFrontend()
    {
        Apply(Sticky);
        var first = Dial(GivenService.ClusterIP, Client.Pod, Start);

        string[] frontends = [GivenService.ClusterIP, GivenService.NodePort, GivenService.LoadBalancerIP, GivenService.ExternalIP];
        var further = Enumerable.Range(0, 40).Select(i => Dial(frontends[i % frontends.Length], Client.Pod, Start)).ToArray();

        Assert.That(further, Is.All.EqualTo(first));
    }

    [Test]
    public void Clients_AreToldApart()
    {
        Apply(Sticky);

        var given = Enumerable.Range(10, 100).Select(netns => Dial(GivenService.ClusterIP, new((ulong)netns), Start)).Distinct();
        var bound = Enumerable.Range(10, 100).Select(host => Dial(GivenService.ClusterIP, Client.From($"10.244.1.{host}"), Start)).Distinct();

        Assert.That(given.Count(), Is.EqualTo(4));
        Assert.That(bound.Count(), Is.EqualTo(4));
    }

    [Test]
    public void BoundAddress_IsTheClient_InWhateverNetworkNamespace()
    {
        Apply(Sticky);
        var first = Dial(GivenService.ClusterIP, Client.From("10.244.1.50"), Start);

        var further = Enumerable.Range(100, 40).Select(netns => Dial(GivenService.ClusterIP, new((ulong)netns, "10.244.1.50"), Start)).ToArray();

        Assert.That(further, Is.All.EqualTo(first));
    }

    [Test]
    public void LoopbackAddress_IsNoClient()
    {
        Apply(Sticky);

        foreach (var netns in Enumerable.Range(200, 40).Select(number => (ulong)number))
        {
            var first = Dial(GivenService.ClusterIP, new(netns), Start);
            Assert.That(Dial(GivenService.ClusterIP, new(netns, "127.0.0.1"), Start), Is.EqualTo(first));
        }
    }

    [Test]
    public void Time_BeginsAnewWithEachConnection_AndEndsAfterIt()
    {
        Apply(Sticky);
        var now = Start;
        var first = Dial(GivenService.ClusterIP, Client.Pod, now);
        for (var i = 0; i < 8; i++)
        {
            Assert.That(Dial(GivenService.ClusterIP, Client.Pod, now += TimeSpan.FromSeconds(40)), Is.EqualTo(first));
        }

        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, now += TimeSpan.FromSeconds(60)), Is.EqualTo(first), "not older than the timeout");

        var afterwards = Enumerable.Range(0, 100).Select(_ => Dial(GivenService.ClusterIP, Client.Pod, now += TimeSpan.FromSeconds(61))).Distinct();
        Assert.That(afterwards.Count(), Is.EqualTo(4), "free choice");
    }

    [Test]
    public void Clock_OfAnotherCpu_MayBeALittleBehind()
    {
        Apply(Sticky);
        var first = Dial(GivenService.ClusterIP, Client.Pod, Start);

        Assert.That(Enumerable.Range(0, 40).Select(_ => Dial(GivenService.ClusterIP, Client.Pod, Start - TimeSpan.FromMicroseconds(5))), Is.All.EqualTo(first));
    }

    [Test]
    public void Backend_LeavesAndComesBack_IsForgotten()
    {
        Apply(Sticky with { Cluster = "L1" });
        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("L1"));

        Apply(Sticky with { Cluster = "R1", Local = "" });
        Assert.That(Dial(GivenService.ClusterIP, Client.OtherPod, Start), Is.EqualTo("R1"));

        Apply(Sticky with { Cluster = "L1 R1", Local = "L1" });
        Assert.That(Dial(GivenService.ClusterIP, Client.OtherPod, Start), Is.EqualTo("R1"), "this one stayed");
        Apply(Sticky with { Cluster = "R1", Local = "" });
        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("R1"), "moves to what remains");
    }

    [Test]
    public void Generation_Ended_ChoiceIsFree()
    {
        Apply(Sticky);
        var reached = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            var given = Dial(GivenService.ClusterIP, Client.Pod, Start);
            reached.Add(given);
            Rules.EndGeneration(given);
        }

        Assert.That(reached, Has.Count.EqualTo(4));
    }

    [Test]
    public void Backend_CameBack_ChoiceIsFree()
    {
        var reached = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            Apply(Sticky with { Cluster = "L1", Local = "L1" });
            Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("L1"));
            Apply(Sticky with { Cluster = "R1", Local = "" });
            Apply(Sticky with { Cluster = "L1 R1", Local = "L1" });
            reached.Add(Dial(GivenService.ClusterIP, Client.Pod, Start));
        }

        Assert.That(reached, Is.EquivalentTo(new[] { "L1", "R1" }));
    }

    [Test]
    public void Policy_GoesFirst()
    {
        Apply(Sticky with { Cluster = "R1", Local = "L1", InternalPolicy = TrafficPolicy.Local });
        Assert.That(Dial(GivenService.NodePort, Client.Pod, Start), Is.EqualTo("R1"));

        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("L1"), "the backend on record is not in this policy's set");
    }

    [Test]
    public void Record_IsReplaced_WhereItCannotBeUsed()
    {
        Apply(Sticky with { Cluster = "L1 R1", Local = "L1", InternalPolicy = TrafficPolicy.Local });
        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("L1"));

        Assert.That(Reached(GivenService.NodePort, Client.Pod), Is.EqualTo("L1"), "in both sets");
    }

    [Test]
    public void NoBackend_IsNoMatterOfAffinity()
    {
        Apply(Sticky);
        _ = Dial(GivenService.ClusterIP, Client.Pod, Start);

        Apply(Sticky with { Cluster = "", Local = "" });

        Assert.That(Dial(GivenService.ClusterIP, Client.Pod, Start), Is.EqualTo("reject"));
    }

    [Test]
    public void Services_HaveRecordsOfTheirOwn()
    {
        Apply(Sticky);
        var other = Sticky.Plan(Family);
        var dns = FamilyText.Frontend(Family, "10.96.10.2:53", Protocol.Tcp);
        Apply(Sticky with { Name = "other" });
        Rules.Dataplane.Apply(other with { Name = new("default", "other"), Ports = [other.Ports[0] with { Frontends = [other.Ports[0].Frontends[0] with { Address = dns }] }] });
        Apply(Sticky);

        var same = Enumerable.Range(300, 100).Count(netns =>
            Dial(GivenService.ClusterIP, new((ulong)netns), Start) == Dial("10.96.10.2:53", new((ulong)netns), Start));

        Assert.That(same, Is.InRange(1, 99));
    }

    [Test]
    public void Off_EveryConnectionIsFree()
    {
        Apply(Sticky);
        _ = Dial(GivenService.ClusterIP, Client.Pod, Start);

        Apply(Sticky with { Affinity = null });

        Assert.That(Reached(GivenService.ClusterIP, Client.Pod), Is.EqualTo("L1 L2 R1 R2"));
    }

    [Test]
    public void Longest_DayLong()
    {
        Apply(Sticky with { Affinity = TimeSpan.FromDays(1) });
        var first = Dial(GivenService.ClusterIP, Client.Pod, Start);

        var afterADay = Dial(GivenService.ClusterIP, Client.Pod, Start + TimeSpan.FromDays(1));

        Assert.That(afterADay, Is.EqualTo(first));
    }
}
