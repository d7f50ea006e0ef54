using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What <c>healthCheckNodePort</c> answers (behaviour 2, 7.2); the numbers are those of the scenarios in behaviour 12.</summary>
public sealed class HealthCheckTests
{
    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80", "http")
        .Type(ServiceType.LoadBalancer).External(TrafficPolicy.Local).HealthCheckNodePort(32100);

    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").Named("http").On("n1");
    private static readonly EndpointBuilder L2 = Endpoint("s", "10.244.1.6:8080").Named("http").On("n1");

    private static IEnumerable<TestCaseData> Counts()
    {
        yield return Case("82: one on two ports, another drains", 1, L1, Endpoint("s", "10.244.1.5:9090").Named("http").On("n1"), L2.Draining());
        yield return Case("83: all drain", 0, L1.Draining(), L2.Draining());
        yield return Case("two", 2, L1, L2);
        yield return Case("on other nodes alone", 0, L1.On("n2"));
        yield return Case("on a port that the Service does not have", 1, L1.Named("other"));
        yield return Case("hints are for others", 2, L1.ForZones("za"), L2.ForZones("zb"));
        yield return Case("ready in one slice, and later not ready in another", 0, L1.InSlice("a"), L1.Unready().InSlice("b"));
        yield return Case("of weight 0", 1, L1.SliceWeights("10.244.1.5=0"), L2);
        yield return Case("no slices", 0);
        yield return Case("of the other family", 0, Endpoint("s", "[2001:db8::7]:8080").Named("http").On("n1"));
    }

    [TestCaseSource(nameof(Counts))]
    public void LocalReadyEndpoints_AreCountedByAddress(int expected, IClusterItem[] endpoints) =>
        Assert.That(Checks(S, endpoints), Is.EqualTo([new HealthCheck(IpFamily.IPv4, 32100, expected)]));

    [Test]
    public void EachFamily_WithAClusterIP_HasItsOwn()
    {
        var checks = Checks(S.ClusterIP("[2001:db8:96::a]:80", "http"), L1, L2, Endpoint("s", "[2001:db8::7]:8080").On("n1"));

        Assert.That(checks, Is.EqualTo([new HealthCheck(IpFamily.IPv4, 32100, 2), new HealthCheck(IpFamily.IPv6, 32100, 1)]));
    }

    [TestCase(ServiceType.NodePort, TrafficPolicy.Local)]
    [TestCase(ServiceType.ClusterIP, TrafficPolicy.Local)]
    [TestCase(ServiceType.LoadBalancer, TrafficPolicy.Cluster)]
    [TestCase(ServiceType.ExternalName, TrafficPolicy.Local)]
    public void OtherTypeOrPolicy_HasNone(ServiceType type, TrafficPolicy policy) =>
        Assert.That(Checks(S.Type(type).External(policy), L1), Is.Empty);

    [Test(Description = "62")]
    public void Service_WithoutClusterIP_HasNone() =>
        Assert.That(Checks(S.With(service => service with { ClusterIPv4 = null }), L1), Is.Empty);

    [Test]
    public void LocalLoadBalancer_WithoutAPort_IsAProblem()
    {
        var result = new Planner().Plan(Snapshots(S.HealthCheckNodePort(0), L1), N1);

        Assert.That(result.Plans.Single().HealthChecks, Is.Empty);
        Assert.That(result.Problems.Single().Kind, Is.EqualTo(PlanningProblemKind.NoHealthCheckPort));
    }

    [Test(Description = "87")]
    public void Service_ThatIsNoLoadBalancerAnyMore_HasNoneLeft()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(S, L1), N1);

        var result = planner.Plan(Snapshots(S.Type(ServiceType.ClusterIP), L1), N1);

        Assert.That(result.Plans.Single().HealthChecks, Is.Empty);
    }

    private static ValueArray<HealthCheck> Checks(ServiceBuilder service, params IEnumerable<IClusterItem> endpoints) =>
        new Planner().Plan(Snapshots([service, .. endpoints]), N1).Plans.Single().HealthChecks;

    private static TestCaseData Case(string name, int expected, params IClusterItem[] endpoints) =>
        new TestCaseData(expected, endpoints).SetArgDisplayNames(name);
}
