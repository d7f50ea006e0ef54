using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Who may dial restricted frontends.</summary>
[RequiresBpf]
public sealed class SourceRangeTests : RealMapsFixture
{
    private const string Unrestricted = "198.51.100.7:80/TCP (LoadBalancerIP) -> 10.0.1.1:80";

    private protected override MapCapacities Small { get; } = new(Frontends: 16, Slots: 64, Sockets: 16, SourceRanges: 4);

    [Test]
    public void Restricted_RangesAndFlag_AreWritten()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.3.0/24"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.1.0.0/16, 10.2.3.0/24" }));
    }

    [Test]
    public void Restricted_OnlyLoadBalancerIPsAre()
    {
        var plan = Restricted("web", "10.1.0.0/16");

        Tested.Apply(plan with
        {
            Ports = [plan.Ports[0] with { Frontends = [ClusterIP("10.96.0.10:80"), External(FrontendKind.ExternalIP, "198.51.100.8:80"), .. plan.Ports[0].Frontends], AdmitsNode = true }],
        });

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[]
        {
            "10.96.0.10:80/TCP -> 10.0.1.1:80",
            $"{Unrestricted} | from 10.1.0.0/16, this node",
            "198.51.100.8:80/TCP (ExternalIP) -> 10.0.1.1:80",
        }));
    }

    [Test]
    public void OtherRanges_OldOnesAreOutAtOnce()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.0.0/16"));

        Tested.Apply(Restricted("web", "10.2.0.0/16", "10.3.0.0/16"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.2.0.0/16, 10.3.0.0/16" }));
    }

    [Test]
    public void NoLongerRestricted_RangesStayUntilNoProgramCanHaveSeenTheFlag()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16"));

        Tested.Apply(Restricted("web"));
        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { Unrestricted }));
        Assert.That(Ranges(), Has.Count.EqualTo(1));

        Settle();
        Assert.That(Ranges(), Is.Empty);
    }

    [Test]
    public void RestrictedAgain_BeforeTheOldRangesWent_TheyStay()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.0.0/16"));
        Tested.Apply(Restricted("web"));

        Tested.Apply(Restricted("web", "10.2.0.0/16"));
        Settle();

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.2.0.0/16" }));
    }

    [Test]
    public void RestrictedAgain_OldRangesLetNobodyInMeanwhile()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16"));
        Tested.Apply(Restricted("web"));

        Tested.Apply(Restricted("web", "10.2.0.0/16"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.2.0.0/16" }));
    }

    [Test]
    public void Gone_RangesGoToo()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16"));

        Tested.Apply(Gone("web"));
        Settle();

        Assert.That(Ranges(), Is.Empty);
    }

    [Test]
    public void NoRoom_NewService_IsNotServedUnrestricted()
    {
        Assert.That(() => Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16")),
            Throws.TypeOf<MapFullException>().With.Message.Contains("--max-source-ranges"));

        Assert.That(MapDump.Of(Tested), Is.Empty);
        Assert.That(Ranges(), Is.Empty, "all or none");
    }

    [Test]
    public void NoRoom_ServiceInForce_StaysAsItWas()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16"));

        Assert.That(() => Tested.Apply(Restricted("web", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16", "10.6.0.0/16")),
            Throws.TypeOf<MapFullException>());

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.1.0.0/16" }));
    }

    [Test]
    public void NoRoom_SomethingWasJustFreed_IsWaitedFor()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"));
        Tested.Apply(Gone("web"));

        Tested.Apply(Restricted("next", "10.4.0.0/16", "10.5.0.0/16"));

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.4.0.0/16, 10.5.0.0/16" }));
    }

    [Test]
    public void Restart_Ranges_AreTheAppliedState()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16", "10.2.0.0/16"));
        Restart();

        Tested.Apply(Restricted("web", "10.2.0.0/16"));
        Tested.RemoveUnclaimed();

        Assert.That(MapDump.Of(Tested), Is.EqualTo(new[] { $"{Unrestricted} | from 10.2.0.0/16" }));
        Assert.That(Ranges(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Restart_RangesThatNobodyClaims_AreRemoved()
    {
        Tested.Apply(Restricted("web", "10.1.0.0/16"));
        Tested.Maps.SourceRanges.Add(15, [new(IpAddress.Parse("10.9.0.0"), 16)]);

        Restart();
        Assert.That(Ranges(), Has.Count.EqualTo(1), "no frontend leads to the other");

        Tested.RemoveUnclaimed();
        Settle();
        Assert.That(Ranges(), Is.Empty);
    }

    private List<SourceRangeKey<Address4>> Ranges() =>
        new KubeProxyNext.Bpf.BpfMap<SourceRangeKey<Address4>, uint>(Tested.Programs.Map("source_ranges")).Keys();

    private static ServicePlan Restricted(string name, params string[] ranges) =>
        Service(name, Port("", Protocol.Tcp, ["198.51.100.7:80"], "10.0.1.1:80") with
        {
            Frontends = [External(FrontendKind.LoadBalancerIP, "198.51.100.7:80")],
            SourceRanges = [.. ranges.Select(range => IpNetwork.TryParse(range, out var network) ? network : throw new FormatException(range))],
        });
}
