using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Hints of zones and nodes (behaviour 3.4); the numbers are those of the scenarios in behaviour 12.</summary>
public sealed class TopologyTests
{
    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:8080").On("n2");
    private static readonly EndpointBuilder R2 = Endpoint("s", "10.244.3.5:8080").On("n3");

    private static readonly IClusterItem[] ZoneHints = [L1.ForZones("za"), R1.ForZones("zb"), R2.ForZones("za")];
    private static readonly IClusterItem[] BothHints =
    [
        L1.ForZones("za").ForNodes("n1"), R1.ForZones("zb").ForNodes("n2"), R2.ForZones("za").ForNodes("n3"),
    ];

    private static IEnumerable<TestCaseData> Hints()
    {
        yield return Case("36: those of this zone", N1, "L1 R2", ZoneHints);
        yield return Case("37: a ready one without a hint", N1, "L1 R1 R2", L1.ForZones("za"), R1, R2.ForZones("za"));
        yield return Case("38: hints for other zones only", N1, "L1 R1", L1.ForZones("zb"), R1.ForZones("zc"));
        yield return Case("38: the node has no zone", Node("n1"), "L1 R1 R2", ZoneHints);
        yield return Case("38: the node's zone is empty", Node("n1", ""), "L1 R1", L1.ForZones(""), R1.ForZones("zb"));
        yield return Case("39: an unready one without a hint", N1, "L1 R2", [.. ZoneHints, Endpoint("s", "10.244.2.9:8080").Unready()]);
        yield return Case("40: those of this zone are not ready", N1, "R1", L1.ForZones("za").Unready(), R1.ForZones("zb"), R2.ForZones("za").Gone());
        yield return Case("41: one that is for two zones", N1, "L1 R1", L1.ForZones("za"), R1.ForZones("za", "zb"), R2.ForZones("zc"));
        yield return Case("42: those of this node", N1, "L1", BothHints);
        yield return Case("42: none for this node, but for its zone", Node("n4", "za"), "L1 R2", BothHints);
        yield return Case(
            "43: a ready one without a node hint", N1, "L1 R2",
            L1.ForZones("za").ForNodes("n1"), R1.ForZones("zb"), R2.ForZones("za").ForNodes("n3"));
        yield return Case("node hints and no zone hints", N1, "L1", L1.ForNodes("n1"), R1.ForNodes("n2"));
        yield return Case("node hints for another node, no zone hints", N1, "L1 R1", L1.ForNodes("n3"), R1.ForNodes("n2"));
        yield return Case("a node hint does not make it local", N1, "R1", L1.ForNodes("n2"), R1.ForNodes("n1"));
        yield return Case("a draining one of this zone does not count", N1, "R1", L1.ForZones("za").Draining(), R1.ForZones("zb"));
        yield return Case("a draining one without a hint does not count", N1, "L1", L1.ForZones("za"), R1.ForZones("zb"), R2.Draining());
        yield return Case("45: draining ones alone", N1, "L1 R1", L1.ForZones("zb").Draining(), R1.ForZones("za").Draining());
        yield return Case("46: the same in the other zone", Node("n1", "zb"), "R1", ZoneHints);
    }

    [TestCaseSource(nameof(Hints))]
    public void InternalCluster_Hints_NarrowTheSet(NodeConfig node, IClusterItem[] endpoints, string expected) =>
        Assert.That(PlanView.Of(Snapshots([S, .. endpoints]), node)["10.96.10.1:80"], Is.EqualTo(expected));

    [Test]
    public void Hints_OfOnePort_DoNotConcernAnother()
    {
        var service = Service("s").ClusterIP("10.96.10.1:80", "http").ClusterIP("10.96.10.1:443", "https");

        var view = PlanView.Of(
            Snapshots(service, L1.Named("http").ForZones("za"), R1.Named("http").ForZones("zb"), L1.Named("https"), R1.Named("https").ForZones("zb")), N1);

        Assert.That(view["10.96.10.1:80"], Is.EqualTo("10.244.1.5:8080"));
        Assert.That(view["10.96.10.1:443"], Is.EqualTo("10.244.1.5:8080 10.244.2.5:8080"), "one of them has no hint");
    }

    private static TestCaseData Case(string name, NodeConfig node, string expected, params IClusterItem[] endpoints) => new TestCaseData(
        node,
        endpoints,
        expected.Replace("L1", "10.244.1.5:8080").Replace("R1", "10.244.2.5:8080").Replace("R2", "10.244.3.5:8080"))
        .SetArgDisplayNames(name);
}
