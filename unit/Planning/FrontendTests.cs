using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Which addresses a Service has (behaviour 1.2, 1.3, 1.5, 2, 2.1, 2.5).</summary>
public sealed class FrontendTests
{
    private static readonly NodeConfig N1 = Node("n1");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP");
    private static readonly ServiceBuilder Dual = S.ClusterIP("[2001:db8:96::a]:80/TCP");

    [TestCase("10.96.10.1:80", FrontendKind.ClusterIP)]
    [TestCase("203.0.113.10:80", FrontendKind.LoadBalancerIP)]
    [TestCase("203.0.113.99:80", FrontendKind.ExternalIP)]
    [TestCase("0.0.0.0:30080", FrontendKind.NodePort)]
    public void EachKind_HasItsAddress(string address, FrontendKind kind)
    {
        var view = PlanView.Of(Snapshots(S.NodePort(30080).LoadBalancerIPs("203.0.113.10").ExternalIPs("203.0.113.99")), N1);

        Assert.That(view.KindOf(address), Is.EqualTo(kind));
        Assert.That(view.Addresses.Count(), Is.EqualTo(4));
    }

    [Test(Description = "7, 49: every port is served on every address")]
    public void EachPort_IsOnEachAddress()
    {
        var service = S.With(s => s with { Ports = [new("http", Protocol.Tcp, 80, 30080), new("dns", Protocol.Udp, 53, 30053)] });

        var view = PlanView.Of(Snapshots(service.LoadBalancerIPs("203.0.113.10").ExternalIPs("203.0.113.99")), N1);

        Assert.That(view.Addresses, Is.EquivalentTo(Addresses(
            "10.96.10.1:80 203.0.113.10:80 203.0.113.99:80 0.0.0.0:30080 " +
            "10.96.10.1:53/UDP 203.0.113.10:53/UDP 203.0.113.99:53/UDP 0.0.0.0:30053/UDP")));
    }

    [Test(Description = "58")]
    public void Addresses_OfBothFamilies_AreEachInTheirOwn()
    {
        var service = Dual.NodePort(30080).ExternalIPs("203.0.113.99", "2001:db8:f::9").LoadBalancerIPs("2001:db8:f::10", "203.0.113.10");

        var ports = ServicePlanner.Plan(Snapshots(service).Single(), N1).Ports;

        Assert.That(AddressesOf(ports.Single(port => port.Family == IpFamily.IPv4)), Is.EquivalentTo(
            Addresses("10.96.10.1:80 203.0.113.99:80 203.0.113.10:80 0.0.0.0:30080")));
        Assert.That(AddressesOf(ports.Single(port => port.Family == IpFamily.IPv6)), Is.EquivalentTo(
            Addresses("[2001:db8:96::a]:80 [2001:db8:f::9]:80 [2001:db8:f::10]:80 [::]:30080")));
    }

    [Test]
    public void Family_WithoutClusterIP_HasNoOtherAddressEither()
    {
        var view = PlanView.Of(Snapshots(S.NodePort(30080).ExternalIPs("2001:db8:f::9").LoadBalancerIPs("2001:db8:f::10")), N1);

        Assert.That(view.Addresses, Is.EquivalentTo(Addresses("10.96.10.1:80 0.0.0.0:30080")));
    }

    [Test(Description = "56")]
    public void NodePort_OfZero_IsNone() =>
        Assert.That(PlanView.Of(Snapshots(S.LoadBalancerIPs("203.0.113.10")), N1).Addresses, Is.EquivalentTo(
            Addresses("10.96.10.1:80 203.0.113.10:80")));

    [TestCase("203.0.113.10", "203.0.113.10", FrontendKind.LoadBalancerIP)]
    [TestCase("10.96.10.1", "203.0.113.99", FrontendKind.ClusterIP)]
    [TestCase("203.0.113.10", "10.96.10.1", FrontendKind.ClusterIP)]
    public void AddressThatTheServiceHasTwice_IsOfTheStrongerKind(string vip, string externalIP, FrontendKind kind)
    {
        var result = new Planner().Plan(Snapshots(S.LoadBalancerIPs(vip, vip).ExternalIPs(externalIP, externalIP)), N1);

        var view = new PlanView(result.Plans);
        Assert.That(view.KindOf($"{(kind == FrontendKind.ClusterIP ? "10.96.10.1" : vip)}:80"), Is.EqualTo(kind));
        Assert.That(result.Problems, Is.Empty, "nothing is lost");
    }

    [Test]
    public void SpecialAddress_IsLeftOutAndAProblem_TheRestStays(
        [Values] bool isVip, [Values("0.0.0.0", "127.0.0.1", "224.0.0.1", "::", "::1", "ff02::1")] string special)
    {
        var with = isVip ? Dual.LoadBalancerIPs(special, "203.0.113.10") : Dual.ExternalIPs(special, "203.0.113.10");

        var result = new Planner().Plan(Snapshots(with), N1);

        Assert.That(new PlanView(result.Plans).Addresses, Is.EquivalentTo(
            Addresses("10.96.10.1:80 [2001:db8:96::a]:80 203.0.113.10:80")));
        Assert.That(result.Problems.Single().ToString(), Does.Contain($"does not get {special}: "));
    }

    [Test]
    public void SpecialClusterIP_LeavesTheOtherAddresses()
    {
        var service = Service("s").ClusterIP("127.0.0.1:80").NodePort(30080).ExternalIPs("203.0.113.99");

        var result = new Planner().Plan(Snapshots(service), N1);

        Assert.That(new PlanView(result.Plans).Addresses, Is.EquivalentTo(Addresses("203.0.113.99:80 0.0.0.0:30080")));
        Assert.That(result.Problems.Single().Kind, Is.EqualTo(PlanningProblemKind.SpecialAddress));
    }

    [TestCase("169.254.20.10")]
    [TestCase("255.255.255.255")]
    public void OtherAddress_ThatIsUnusual_IsServed(string ip) =>
        Assert.That(PlanView.Of(Snapshots(S.ExternalIPs(ip)), N1).KindOf($"{ip}:80"), Is.EqualTo(FrontendKind.ExternalIP));

    [Test]
    public void NodePort_OfAnEarlierPort_IsAProblem()
    {
        var service = S.With(s => s with { Ports = [new("a", Protocol.Tcp, 80, 30080), new("b", Protocol.Tcp, 81, 30080), new("c", Protocol.Udp, 81, 30080)] });

        var result = new Planner().Plan(Snapshots(service), N1);

        Assert.That(new PlanView(result.Plans).PortAt("0.0.0.0:30080").PortName, Is.EqualTo("a"));
        Assert.That(new PlanView(result.Plans).PortAt("0.0.0.0:30080/UDP").PortName, Is.EqualTo("c"), "another protocol is no collision");
        Assert.That(new PlanView(result.Plans).PortAt("10.96.10.1:81").PortName, Is.EqualTo("b"), "only its NodePort is lost");
        Assert.That(result.Problems.Single().Where, Is.EqualTo("0.0.0.0:30080/TCP"));
    }

    [TestCase("10.96.10.1", 0, Description = "inside: refused with the whole network")]
    [TestCase("10.112.0.1", 1)]
    public void RestOfAClusterIP_OutsideTheServiceNetworks_IsRefusedByItself(string ip, int expected)
    {
        var service = Service("s").ClusterIP($"{ip}:80", "a").ClusterIP($"{ip}:81", "b");

        var plan = ServicePlanner.Plan(Snapshots(service).Single(), N1);

        var rest = plan.Ports.SelectMany(port => port.Frontends, (port, frontend) => (port, frontend))
            .Where(item => item.frontend.Kind == FrontendKind.ClusterIPRest).ToList();
        Assert.That(rest, Has.Count.EqualTo(expected));
        Assert.That(rest.Select(item => item.port.PortName), Is.All.EqualTo("a"), "with the first port");
        Assert.That(rest.Select(item => item.frontend.Address), Is.All.EqualTo(new FrontendAddress(IpAddress.Parse(ip), 0, 0)));
    }

    [Test]
    public void ServiceNetwork_ThatComes_TakesTheRestAway()
    {
        var planner = new Planner();
        var apart = N1 with { ServiceNetworks = [] };
        planner.Plan(Snapshots(Dual), apart);

        var result = planner.Plan([], N1 with { ServiceNetworks = [Text.Network("10.96.0.0/12")] });

        Assert.That(result.Plans.Single().Ports.SelectMany(port => port.Frontends).Where(f => f.Kind == FrontendKind.ClusterIPRest)
            .Select(frontend => frontend.Address.Family), Is.EqualTo([IpFamily.IPv6]));
    }

    [Test]
    public void TwoServices_WithOneClusterIP_ShareItsRestInSilence()
    {
        var apart = N1 with { ServiceNetworks = [] };
        var planner = new Planner();
        var first = planner.Plan(Snapshots(Service("a").ClusterIP("10.96.10.1:80"), Service("b").ClusterIP("10.96.10.1:81")), apart);

        var second = planner.Plan([new ServiceSnapshot(Text.Name("a"), null, default)], apart);

        Assert.That(first.Problems, Is.Empty);
        Assert.That(RestOwners(first), Is.EqualTo(["a"]));
        Assert.That(RestOwners(second), Is.EqualTo(["b"]));
    }

    [TestCase("a", "10.96.10.1", FrontendKind.ClusterIP, Description = "CIP beats VIP, whoever is older")]
    [TestCase("b", "203.0.113.10", FrontendKind.LoadBalancerIP, Description = "VIP beats EIP")]
    public void StrongerKind_BeatsTheOlderService(string winner, string ip, FrontendKind kind)
    {
        var result = new Planner().Plan(
            Snapshots(
                S.Created("01-03").With(s => s with { Name = Text.Name("a") }),
                Service("b").ClusterIP("10.96.10.2:80").LoadBalancerIPs("10.96.10.1", "203.0.113.10").Created("01-02"),
                Service("c").ClusterIP("10.96.10.3:80").ExternalIPs("203.0.113.10").Created("01-01")),
            N1);

        var owner = result.Plans.Single(plan => plan.Ports.Any(port => port.Frontends.Any(f => f.Address == Text.Address($"{ip}:80"))));
        Assert.That(owner.Name.Name, Is.EqualTo(winner));
        Assert.That(new PlanView(result.Plans).KindOf($"{ip}:80"), Is.EqualTo(kind));
    }

    [Test]
    public void ServiceThatLosesItsLastLocalFrontend_HasNoSetForIt()
    {
        var plans = new Planner().Plan(
            Snapshots(
                Service("old").ClusterIP("10.96.10.1:80").Created("01-01"),
                S.Internal(TrafficPolicy.Local).ExternalIPs("203.0.113.99").Created("01-02")),
            N1).Plans;

        var port = plans.Single(plan => plan.Name.Name == "s").Ports.Single();
        Assert.That(port.Sets.Select(set => set.Policy), Is.EqualTo([TrafficPolicy.Cluster]));
    }

    private static IEnumerable<string> RestOwners(PlanningResult result) => result.Plans
        .Where(plan => plan.Ports.Any(port => port.Frontends.Any(frontend => frontend.Kind == FrontendKind.ClusterIPRest)))
        .Select(plan => plan.Name.Name);

    private static IEnumerable<FrontendAddress> Addresses(string text) => text.Split(' ').Select(Text.Address);

    private static IEnumerable<FrontendAddress> AddressesOf(ServicePortPlan port) => port.Frontends.Select(frontend => frontend.Address);
}
