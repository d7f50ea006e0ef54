using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Who answers at a ClusterIP; the numbers are those of the scenarios in behaviour 12.</summary>
public sealed class ClusterIPTests
{
    private const EndpointConditions Ready = EndpointConditions.Ready;
    private const EndpointConditions Serving = EndpointConditions.Serving;
    private const EndpointConditions Terminating = EndpointConditions.Terminating;

    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1");
    private static readonly EndpointBuilder L2 = Endpoint("s", "10.244.1.6:8080").On("n1");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:8080").On("n2");
    private static readonly EndpointBuilder R2 = Endpoint("s", "10.244.3.5:8080").On("n3");

    private static IEnumerable<TestCaseData> Cluster()
    {
        yield return Case("1: a local and a remote endpoint", "L1 R1", L1, R1);
        yield return Case("11: no slices", "reject");
        yield return Case("12: not ready, serving, not terminating", "reject", L1.Unready());
        yield return Case("28: ready ones before a draining one", "L1 R1", L1, L2.Draining(), R1);
        yield return Case("29: one ready one before draining ones", "R1", L1.Draining(), L2.Draining(), R1);
        yield return Case("30: draining ones where none is ready", "L1 R1", L1.Draining(), R1.Draining());
        yield return Case("31: a remote draining one", "R1", R1.Draining());
        yield return Case("32: all terminating, none serving", "reject", L1.Gone(), R1.Gone());
        yield return Case("34: ready and terminating is ready", "L1", L1.Conditions(Ready | Terminating), R1.Draining());
        yield return Case("35: serving and terminating alone", "L1", L1.Conditions(Serving | Terminating));
        yield return Case("66: two slices list the same ones", "L1 R1", L1.InSlice("a"), R1.InSlice("a"), L1.InSlice("b"), R1.InSlice("b"));
    }

    private static IEnumerable<TestCaseData> Local()
    {
        yield return Case("13: only those of this node", "L1", L1, R1);
        yield return Case("14: none on this node", "drop", R1);
        yield return Case("15: none at all", "reject");
        yield return Case("a local draining one before remote ready ones", "L1", L1.Draining(), R1);
        yield return Case("a local ready one before a local draining one", "L2", L1.Draining(), L2, R1);
        yield return Case("none of this node is usable, elsewhere one drains", "drop", L1.Gone(), L2.Unready(), R1.Draining());
        yield return Case("no endpoint that is of any use", "reject", L1.Gone(), R1.Unready());
        yield return Case("hints do not count", "L1 L2", L1.ForZones("zb"), L2.ForZones("za"));
        yield return Case("the node's name is compared to the letter", "drop", L1.On("N1"));
    }

    [TestCaseSource(nameof(Cluster))]
    public void InternalCluster_Endpoints_MakeTheSet(IClusterItem[] endpoints, string expected) =>
        Assert.That(PlanView.Of(Snapshots([S, .. endpoints]), N1)["10.96.10.1:80"], Is.EqualTo(expected));

    [TestCaseSource(nameof(Local))]
    public void InternalLocal_Endpoints_MakeTheSet(IClusterItem[] endpoints, string expected) =>
        Assert.That(
            PlanView.Of(Snapshots([S.Internal(TrafficPolicy.Local), .. endpoints]), N1)["10.96.10.1:80"], Is.EqualTo(expected));

    [Test(Description = "20 and 27")]
    public void ExternalLocal_AnyEndpoints_DoesNotTouchTheClusterIP(
        [Values(ServiceType.ClusterIP, ServiceType.NodePort, ServiceType.LoadBalancer)] ServiceType type)
    {
        var view = PlanView.Of(Snapshots(S.Type(type).External(TrafficPolicy.Local), L1, R1), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080 10.244.2.5:8080"));
    }

    [Test]
    public void InternalLocal_NodeWithoutName_HasNoLocalEndpoints()
    {
        var view = PlanView.Of(Snapshots(S.Internal(TrafficPolicy.Local), Endpoint("s", "10.244.1.5:8080").On("")), Node(""));

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("drop"));
    }

    [Test]
    public void Backend_OnThisNode_SaysSo()
    {
        var plan = ServicePlanner.Plan(Snapshots(S, L1, R2).Single(), N1);

        Assert.That(plan.Ports[0].Sets[0].Backends.Single(backend => backend.IsLocal).ToString(), Is.EqualTo("10.244.1.5:8080"));
    }

    private static TestCaseData Case(string name, string expected, params IClusterItem[] endpoints) => new TestCaseData(
        endpoints,
        expected.Replace("L1", "10.244.1.5:8080").Replace("L2", "10.244.1.6:8080")
            .Replace("R1", "10.244.2.5:8080").Replace("R2", "10.244.3.5:8080")).SetArgDisplayNames(name);
}
