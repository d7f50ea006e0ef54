using KubeProxyNext.Model;
using KubeProxyNext.Planning.Layouts;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What the annotation <c>kube-proxy-next.io/algorithm</c> of a Service does.</summary>
public sealed class AlgorithmTests
{
    private static readonly NodeConfig N1 = Node("n1");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:8080");

    [TestCase("random", BalancingAlgorithm.Random)]
    [TestCase("round-robin", BalancingAlgorithm.RoundRobin)]
    [TestCase("least-connections", BalancingAlgorithm.LeastConnections)]
    [TestCase("maglev", BalancingAlgorithm.Maglev)]
    [TestCase("Maglev", BalancingAlgorithm.Random)]
    [TestCase("", BalancingAlgorithm.Random)]
    [TestCase("fastest", BalancingAlgorithm.Random)]
    public void Annotation_NamesTheAlgorithm(string name, BalancingAlgorithm expected) =>
        Assert.That(PortOf(S.Annotated("algorithm", name)).Algorithm, Is.EqualTo(expected));

    [Test]
    public void NoAnnotation_IsRandom() => Assert.That(PortOf(S).Algorithm, Is.EqualTo(BalancingAlgorithm.Random));

    [Test]
    public void Maglev_LaysOutEachSet_InTheNodesTableSize()
    {
        var service = S.Annotated("algorithm", "maglev").Internal(TrafficPolicy.Local).ExternalIPs("203.0.113.99");

        var sets = PlanView.Of(Snapshots(service, L1.On("n1"), R1.On("n1")), N1 with { MaglevTableSize = 251 }).PortAt("10.96.10.1:80").Sets;

        Assert.That(sets.Select(set => set.Layout.Count), Is.EqualTo([251, 251]));
        Assert.That(sets[0].Layout, Is.EqualTo(MaglevLayout.Of(sets[0].Backends.AsSpan(), 251)));
    }

    [Test]
    public void Maglev_HonoursWeights()
    {
        var port = PortOf(S.Annotated("algorithm", "maglev"), L1.InSlice("a").SliceWeights("10.244.1.5=3"), R1);

        Assert.That(port.Sets[0].Layout.Count(index => index == 0), Is.EqualTo(12_286).Within(10));
    }

    [TestCase("round-robin")]
    [TestCase("least-connections")]
    public void OtherAlgorithms_NeedNoLayoutWithoutWeights(string name) =>
        Assert.That(PortOf(S.Annotated("algorithm", name), L1, R1).Sets[0].Layout, Is.Empty);

    private static ServicePortPlan PortOf(ServiceBuilder service, params IEnumerable<IClusterItem> endpoints) =>
        PlanView.Of(Snapshots([service, .. endpoints]), N1).PortAt("10.96.10.1:80");
}
