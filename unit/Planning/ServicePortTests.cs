using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Which service ports and families there are, and which endpoints join them (behaviour 1.2, 1.3, 2, 3.1).</summary>
public sealed class ServicePortTests
{
    private static readonly NodeConfig N1 = Node("n1");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1");

    [Test(Description = "7")]
    public void TwoPorts_EachWithItsName_HaveTheirOwnBackends()
    {
        var view = PlanView.Of(
            Snapshots(
                Service("s").ClusterIP("10.96.10.1:80", "http").ClusterIP("10.96.10.1:443", "https"),
                Endpoint("s", "10.244.1.5:8080").Named("http"),
                Endpoint("s", "10.244.1.5:8443").Named("https")),
            N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(view["10.96.10.1:443"], Is.EqualTo("10.244.1.5:8443"));
    }

    [Test(Description = "8")]
    public void OneNumber_InThreeProtocols_IsThreePorts()
    {
        var view = PlanView.Of(
            Snapshots(
                Service("dns").ClusterIP("10.96.0.10:53/TCP", "t").ClusterIP("10.96.0.10:53/UDP", "u").ClusterIP("10.96.0.10:53/SCTP", "s"),
                Endpoint("dns", "10.244.1.5:5353/TCP").Named("t"),
                Endpoint("dns", "10.244.1.5:53/UDP").Named("u"),
                Endpoint("dns", "10.244.1.5:53/SCTP").Named("s")),
            N1);

        Assert.That(view["10.96.0.10:53/TCP"], Is.EqualTo("10.244.1.5:5353"));
        Assert.That(view["10.96.0.10:53/UDP"], Is.EqualTo("10.244.1.5:53"));
        Assert.That(view["10.96.0.10:53/SCTP"], Is.EqualTo("10.244.1.5:53"));
    }

    [TestCase("web", "10.244.1.5:8080/TCP", Description = "69: another name")]
    [TestCase("HTTP", "10.244.1.5:8080/TCP")]
    [TestCase("", "10.244.1.5:8080/TCP")]
    [TestCase("http", "10.244.1.5:8080/UDP", Description = "another protocol")]
    public void SlicePort_NotOfTheSameNameAndProtocol_GivesNoEndpoints(string name, string address) =>
        Assert.That(
            PlanView.Of(Snapshots(Service("s").ClusterIP("10.96.10.1:80", "http"), Endpoint("s", address).Named(name)), N1)["10.96.10.1:80"],
            Is.EqualTo("reject"));

    [Test(Description = "9: what is no port of the Service is not ours to answer here")]
    public void OtherPortOrProtocol_OfAClusterIP_IsUntouched()
    {
        var view = PlanView.Of(Snapshots(Service("s").ClusterIP("10.96.10.1:80/TCP"), L1), N1);

        Assert.That(view.Addresses, Is.EqualTo([Text.Address("10.96.10.1:80/TCP")]));
    }

    [Test(Description = "70")]
    public void DualStack_SlicesOfOneFamily_OtherRejects()
    {
        var view = PlanView.Of(
            Snapshots(Service("s").ClusterIP("[2001:db8:96::a]:80").ClusterIP("10.96.10.1:80"), L1), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(view["[2001:db8:96::a]:80"], Is.EqualTo("reject"));
    }

    [Test]
    public void DualStack_SlicesOfBoth_EachFamilyKeepsToItself()
    {
        var view = PlanView.Of(
            Snapshots(Service("s").ClusterIP("10.96.10.1:80").ClusterIP("[2001:db8:96::a]:80"), L1, Endpoint("s", "[2001:db8::5]:8080")), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(view["[2001:db8:96::a]:80"], Is.EqualTo("[2001:db8::5]:8080"));
    }

    [TestCase("10.244.1.5:8080", IpFamily.IPv6)]
    [TestCase("[2001:db8::5]:8080", IpFamily.IPv4)]
    public void Endpoint_NotOfTheFamilyOfItsSlice_IsLeftOut(string address, IpFamily family)
    {
        var view = PlanView.Of(
            Snapshots(Service("s").ClusterIP("10.96.10.1:80").ClusterIP("[2001:db8:96::a]:80"), Endpoint("s", address).ListedAs(family)), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("reject"));
        Assert.That(view["[2001:db8:96::a]:80"], Is.EqualTo("reject"));
    }

    [Test]
    public void Family_ThatTheNodeDoesNotProgram_IsLeftOut()
    {
        var view = PlanView.Of(
            Snapshots(Service("s").ClusterIP("10.96.10.1:80").ClusterIP("[2001:db8:96::a]:80")), N1 with { Families = [IpFamily.IPv6] });

        Assert.That(view.Addresses, Is.EqualTo([Text.Address("[2001:db8:96::a]:80")]));
    }

    [Test]
    public void ClusterIP_NotOfTheFamilyItIsListedFor_IsLeftOut()
    {
        var service = Service("s").Port("", 80).With(s => s with { ClusterIPv4 = IpAddress.Parse("2001:db8:96::a") });

        Assert.That(PlanView.Of(Snapshots(service), N1).Addresses, Is.Empty);
    }

    [Test(Description = "62")]
    public void ExternalName_WithAStrayClusterIP_HasNothing() =>
        Assert.That(
            PlanView.Of(Snapshots(Service("s").ClusterIP("10.96.10.1:80").Type(ServiceType.ExternalName), L1), N1).Addresses, Is.Empty);

    [Test(Description = "62")]
    public void NoClusterIP_WithPorts_HasNothing() =>
        Assert.That(PlanView.Of(Snapshots(Service("s").Port("http", 80), L1), N1).Addresses, Is.Empty);

    [TestCase("b", 80, Protocol.Tcp, Description = "the number again")]
    [TestCase("a", 81, Protocol.Tcp, Description = "the name again")]
    public void Port_ListedTwice_FirstHasItAndTheOtherIsAProblem(string name, int port, Protocol protocol)
    {
        var cluster = Snapshots(
            Service("s").ClusterIP("10.96.10.1:80", "a").Port(name, (ushort)port, protocol).Port("a", 80, Protocol.Udp),
            L1.Named("a"));

        var result = new Planner().Plan(cluster, N1);

        Assert.That(new PlanView(result.Plans)["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(new PlanView(result.Plans).Addresses.Count(), Is.EqualTo(2), "another protocol is no collision");
        Assert.That(result.Problems.Single().Kind, Is.EqualTo(PlanningProblemKind.PortListedTwice));
    }

    [Test]
    public void Affinity_OfTheService_IsThatOfEachPort()
    {
        var plan = ServicePlanner.Plan(
            Snapshots(Service("s").ClusterIP("10.96.10.1:80", "a").ClusterIP("10.96.10.1:81", "b").Affinity(60)).Single(), N1);

        Assert.That(plan.Ports.Select(port => port.AffinityTimeout), Is.All.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void SamePlan_MadeTwice_IsEqual()
    {
        var cluster = Snapshots(Service("s").ClusterIP("10.96.10.1:80"), L1);

        var (first, second) = (ServicePlanner.Plan(cluster[0], N1), ServicePlanner.Plan(cluster[0], N1));

        Assert.That(second, Is.EqualTo(first));
    }
}
