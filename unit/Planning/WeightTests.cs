using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What the annotation <c>kube-proxy-next.io/weights</c> of a slice does.</summary>
public sealed class WeightTests
{
    private static readonly NodeConfig N1 = Node("n1", "za");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").On("n1").InSlice("a");
    private static readonly EndpointBuilder L2 = Endpoint("s", "10.244.1.6:8080").On("n1").InSlice("a");
    private static readonly EndpointBuilder R1 = Endpoint("s", "10.244.2.5:8080").On("n2").InSlice("b");

    [TestCase("10.244.1.5=3,10.244.1.6=1", "10.244.1.5=3 10.244.1.6=1", "")]
    [TestCase(" 10.244.1.5 = 3 , 10.244.1.6=1, ", "10.244.1.5=3 10.244.1.6=1", "", Description = "blanks")]
    [TestCase("", "", "")]
    [TestCase("10.244.001.005=010", "10.244.1.5=10", "", Description = "decimal, as everywhere")]
    [TestCase("::ffff:10.244.1.5=2,2001:DB8::7=3", "10.244.1.5=2 2001:db8::7=3", "")]
    [TestCase("10.244.1.5=0,10.244.1.6=65535", "10.244.1.5=0 10.244.1.6=65535", "")]
    [TestCase("10.244.1.5=65536,10.244.1.6=2", "10.244.1.6=2", "10.244.1.5=65536")]
    [TestCase("10.244.1.5=-1,10.244.1.6=+1,10.244.1.7=1.5,10.244.1.8=", "", "10.244.1.5=-1|10.244.1.6=+1|10.244.1.7=1.5|10.244.1.8=")]
    [TestCase("10.244.1.5,=3,node=3,10.244.1.6=2=2", "", "10.244.1.5|=3|node=3|10.244.1.6=2=2")]
    [TestCase("10.244.1.5=3,10.244.1.5=4", "10.244.1.5=3", "10.244.1.5=4", Description = "the first counts")]
    public void Annotation_EntryByEntry_IsReadOrLeftOut(string text, string expected, string expectedBroken)
    {
        var broken = new List<string>();

        var weights = SliceWeights.Parse(text, broken);

        Assert.That(string.Join(' ', weights.Select(item => $"{item.Key}={item.Value}")), Is.EqualTo(expected));
        Assert.That(string.Join('|', broken), Is.EqualTo(expectedBroken));
    }

    [Test]
    public void Weights_GiveBackendsSlots()
    {
        var set = SetOf(S, L1.SliceWeights("10.244.1.5=3"), L2, R1);

        Assert.That(set.Backends.Select(backend => backend.Weight), Is.EqualTo([3, 1, 1]));
        Assert.That(string.Join(' ', set.Layout), Is.EqualTo("0 0 1 0 2"));
    }

    [Test]
    public void EqualWeights_NeedNoLayout() => Assert.That(SetOf(S, L1.SliceWeights("10.244.1.5=7,10.244.1.6=7"), L2).Layout, Is.Empty);

    [Test]
    public void Weight_OfAnAddress_IsThatOfAllItsPorts()
    {
        var set = SetOf(S, L1.SliceWeights("10.244.1.5=3"), Endpoint("s", "10.244.1.5:9090").InSlice("a"), R1);

        Assert.That(set.Backends.Select(backend => backend.Weight), Is.EqualTo([3, 3, 1]));
    }

    [Test]
    public void Weight_SaidByASliceThatDoesNotListTheAddress_IsIgnored()
    {
        var result = new Planner().Plan(Snapshots(S, L1.SliceWeights("10.244.2.5=3"), R1), N1);

        Assert.That(result.Plans.Single().Ports[0].Sets[0].Backends.Select(backend => backend.Weight), Is.EqualTo([1, 1]));
        Assert.That(result.Problems, Is.Empty);
    }

    [Test]
    public void EndpointInTwoSlices_HasTheWeightOfTheListingThatCounts()
    {
        var set = SetOf(S, L1.SliceWeights("10.244.1.5=3"), L1.InSlice("b").SliceWeights("10.244.1.5=5"), L1.Draining().InSlice("c").SliceWeights("10.244.1.5=7"));

        Assert.That(set.Backends.Single().Weight, Is.EqualTo(5), "the last that does not terminate (behaviour 3.2)");
    }

    private static IEnumerable<TestCaseData> Zero()
    {
        yield return Case("others have the new clients", "R1", S, L1.SliceWeights("10.244.1.5=0"), R1);
        yield return Case("all of them: nobody", "reject", S, L1.SliceWeights("10.244.1.5=0"));
        yield return Case("the draining one stands in, as if it were not ready", "R1", S, L1.SliceWeights("10.244.1.5=0"), R1.Draining());
        yield return Case("a draining one too", "reject", S, L1.SliceWeights("10.244.1.5=0"), R1.Draining().SliceWeights("10.244.2.5=0"));
        yield return Case("the only one on this node: there are others", "drop", S.Internal(TrafficPolicy.Local), L1.SliceWeights("10.244.1.5=0"), R1);
        yield return Case("all, and the policy is local", "drop", S.Internal(TrafficPolicy.Local), L1.SliceWeights("10.244.1.5=0"));
        yield return Case(
            "the only one of this zone", "R1", S, L1.ForZones("za").SliceWeights("10.244.1.5=0"), R1.ForZones("zb"));
        yield return Case(
            "one without a hint", "R1", S, L1.SliceWeights("10.244.1.5=0"), R1.ForZones("za"), Endpoint("s", "10.244.3.5:8080").ForZones("zb"));
    }

    [TestCaseSource(nameof(Zero))]
    public void WeightZero_IsTreatedAsNotReady(ServiceBuilder service, IClusterItem[] endpoints, string expected) =>
        Assert.That(PlanView.Of(Snapshots([service, .. endpoints]), N1)["10.96.10.1:80"], Is.EqualTo(expected));

    private static BackendSet SetOf(ServiceBuilder service, params IEnumerable<IClusterItem> endpoints) =>
        PlanView.Of(Snapshots([service, .. endpoints]), N1).PortAt("10.96.10.1:80").Sets.Single();

    private static TestCaseData Case(string name, string expected, ServiceBuilder service, params IClusterItem[] endpoints) =>
        new TestCaseData(service, endpoints, expected.Replace("R1", "10.244.2.5:8080")).SetArgDisplayNames(name);
}
