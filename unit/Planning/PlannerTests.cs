using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What is planned anew when something changes.</summary>
public sealed class PlannerTests
{
    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80");
    private static readonly ServiceBuilder T = Service("t").ClusterIP("10.96.10.2:80");
    private static readonly EndpointBuilder Near = Endpoint("s", "10.244.1.5:8080").ForZones("za");
    private static readonly EndpointBuilder Far = Endpoint("s", "10.244.2.5:8080").ForZones("zb");

    [Test(Description = "71")]
    public void Slice_BeforeItsService_CountsWhenTheServiceComes()
    {
        var planner = new Planner();

        var before = planner.Plan(Snapshots(Near), N1);
        var after = planner.Plan(Snapshots(S, Near), N1);
        var last = planner.Plan(Snapshots(S), N1);

        Assert.That(before.Plans.Single().Ports, Is.Empty);
        Assert.That(new PlanView(after.Plans)["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(new PlanView(last.Plans)["10.96.10.1:80"], Is.EqualTo("reject"), "its slice is gone");
    }

    [Test]
    public void Change_OfOneService_PlansThatOneOnly()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(S, T), N1);

        var result = planner.Plan(Snapshots(S, Near), N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["s"]));
    }

    [Test(Description = "46")]
    public void Zone_Changed_PlansAllAnew()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(S, T, Near, Far), N1);

        var result = planner.Plan([], N1 with { Zone = "zb" });

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EquivalentTo(["s", "t"]));
        Assert.That(new PlanView(result.Plans)["10.96.10.1:80"], Is.EqualTo("10.244.2.5:8080"));
    }

    [Test]
    public void NodeAddresses_Changed_PlansAnewWhoHasSourceRanges()
    {
        var planner = new Planner();
        var restricted = T.LoadBalancerIPs("198.51.100.10").Type(ServiceType.LoadBalancer).SourceRanges("192.0.2.11/32");
        planner.Plan(Snapshots(S, restricted), N1);

        var result = planner.Plan([], N1 with { Addresses = [] });

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["t"]), "nobody else looks at them");
        Assert.That(new PlanView(result.Plans).PortAt("198.51.100.10:80").AdmitsNode, Is.False);
    }

    [Test]
    public void Family_Added_ClaimsItsAddressesToo()
    {
        var planner = new Planner();
        var wanted = "[2001:db8:96::a]:80";
        planner.Plan(Snapshots(Service("a").ClusterIP(wanted), Service("b").ClusterIP(wanted)), N1 with { Families = [IpFamily.IPv4] });

        var result = planner.Plan([], N1);

        Assert.That(result.Plans.Count(plan => !plan.Ports.IsEmpty), Is.EqualTo(1));
        Assert.That(result.Problems.Single().Service.Name, Is.EqualTo("b"));
    }

    [Test]
    public void Nothing_Changed_PlansNothing()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(S, T), N1);

        Assert.That(planner.Plan([], N1).Plans, Is.Empty);
    }

    [Test]
    public void Service_ThatWasNeverSeen_MayBeGone() =>
        Assert.That(
            new Planner().Plan([new ServiceSnapshot(Text.Name("s"), null, default)], N1).Plans,
            Is.EqualTo([new ServicePlan(Text.Name("s"), default)]));
}
