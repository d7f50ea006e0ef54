using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>One address, several Services that want it (behaviour 2.5).</summary>
public sealed class AddressClaimTests
{
    private const string Address = "10.96.10.1:80";

    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder Old = Service("old").ClusterIP(Address).Created("01-01");
    private static readonly ServiceBuilder Middle = Service("middle").ClusterIP(Address).Created("01-02");
    private static readonly ServiceBuilder Young = Service("young").ClusterIP(Address).Created("01-03");

    [Test]
    public void OlderService_WhicheverComesFirst_HasTheAddress([Values] bool oldFirst)
    {
        var planner = new Planner();

        planner.Plan(Snapshots(oldFirst ? Old : Young), N1);
        var result = planner.Plan(Snapshots(oldFirst ? Young : Old), N1);

        Assert.That(OwnersIn(result), Is.SubsetOf(["default/old"]));
        Assert.That(result.Problems.Select(problem => problem.ToString()), Is.EqualTo(
            ["Service default/young does not get 10.96.10.1:80/TCP: it belongs to Service default/old, whose claim is older or stronger; give one of them another address or port"]));
    }

    [TestCase("a/x", "b/a", "a/x")]
    [TestCase("b/a", "a/x", "a/x")]
    [TestCase("a/z", "a/y", "a/y")]
    public void SameAge_LesserNamespaceAndName_HasTheAddress(string one, string other, string owner)
    {
        var result = new Planner().Plan(Snapshots(Service(one).ClusterIP(Address), Service(other).ClusterIP(Address)), N1);

        Assert.That(OwnersIn(result), Is.EqualTo([owner]));
    }

    [Test]
    public void Owner_Deleted_NextInLineHasTheAddressBeforeItIsLost()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Old, Middle, Young, Endpoint("middle", "10.244.1.5:8080")), N1);

        var result = planner.Plan([Gone("old")], N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["middle", "old"]), "who gains comes first");
        Assert.That(new PlanView(result.Plans)[Address], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(result.Problems.Select(problem => (problem.Service.Name, problem.What)), Is.EqualTo([("young", "default/middle")]));
    }

    [Test]
    public void Owner_ChangedButStillOwner_NobodyElseIsPlanned()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Old, Young), N1);

        var result = planner.Plan(Snapshots(Old.Affinity(60)), N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["old"]));
        Assert.That(result.Problems, Is.Empty);
    }

    [Test]
    public void Loser_WhoseEndpointsChange_IsNoNews()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Old, Young), N1);

        var result = planner.Plan(Snapshots(Young, Endpoint("young", "10.244.1.5:8080")), N1);

        Assert.That(result.Plans.Single().Ports, Is.Empty);
        Assert.That(result.Problems, Is.Empty);
    }

    [Test]
    public void Loser_Deleted_LeavesNoTrace()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Old, Young), N1);

        planner.Plan([Gone("young")], N1);
        var result = planner.Plan([Gone("old")], N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["old"]));
        Assert.That(OwnersIn(result), Is.Empty);
    }

    [Test]
    public void Owner_MadeYounger_LosesTheAddress()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Old, Young), N1);

        var result = planner.Plan(Snapshots(Old.Created("02-01")), N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["young", "old"]));
        Assert.That(OwnersIn(result), Is.EqualTo(["default/young"]));
    }

    [Test]
    public void Loser_WithOtherPorts_KeepsThose()
    {
        var result = new Planner().Plan(Snapshots(Old, Young.ClusterIP("10.96.10.1:81", "other")), N1);

        Assert.That(new PlanView(result.Plans).Addresses, Is.EquivalentTo([Text.Address(Address), Text.Address("10.96.10.1:81")]));
        Assert.That(OwnersIn(result), Is.EquivalentTo(["default/old", "default/young"]));
    }

    [Test]
    public void ChainOfHandovers_InOneChange_EachGainComesBeforeItsLoss()
    {
        var planner = new Planner();
        ServiceBuilder At(string name, int place) => Service(name).ClusterIP($"10.96.0.{place}:80");
        planner.Plan(Snapshots(At("a", 1), At("b", 2), At("c", 3)), N1);

        var result = planner.Plan(Snapshots(At("a", 2), At("b", 3), At("c", 4)), N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["a", "b", "c"]));

        // They are told sorted by name: this way round, that is the wrong order.
        var back = planner.Plan(Snapshots(At("a", 1), At("b", 2), At("c", 3)), N1);

        Assert.That(back.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["c", "b", "a"]));
    }

    [Test]
    public void TwoServices_SwappingAddresses_AreEachPlannedOnce()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Service("a").ClusterIP("10.96.0.1:80"), Service("b").ClusterIP("10.96.0.2:80")), N1);

        var result = planner.Plan(Snapshots(Service("a").ClusterIP("10.96.0.2:80"), Service("b").ClusterIP("10.96.0.1:80")), N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EquivalentTo(["a", "b"]));
    }

    [Test]
    public void OwnerForAMomentOnly_IsNobodyWhoLoses()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Service("z").ClusterIP("10.96.0.2:80").Created("01-01")), N1);

        // While "new" is looked at it has 2001:db8:96::3 to itself; in the end it has got 10.96.0.2 alone, from "z", and lost nothing.
        var result = planner.Plan(
            Snapshots(
                Service("new").ClusterIP("10.96.0.2:80").ClusterIP("[2001:db8:96::3]:80").Created("01-02"),
                Service("z").ClusterIP("[2001:db8:96::3]:80").Created("01-01")),
            N1);

        Assert.That(result.Plans.Select(plan => plan.Name.Name), Is.EqualTo(["new", "z"]));
    }

    private static ServiceSnapshot Gone(string name) => new(Text.Name(name), null, default);

    private static IEnumerable<string> OwnersIn(PlanningResult result) =>
        result.Plans.Where(plan => !plan.Ports.IsEmpty).Select(plan => plan.Name.ToString());
}
