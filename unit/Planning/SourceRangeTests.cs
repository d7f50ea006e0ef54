using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>Who may dial a load balancer's address (behaviour 2.4); the numbers are those of the scenarios in behaviour 12.</summary>
public sealed class SourceRangeTests
{
    private const string Vip = "203.0.113.10/32";

    private static readonly NodeConfig N1 = Node("n1");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80/TCP").ClusterIP("[2001:db8:96::a]:80/TCP")
        .LoadBalancerIPs("203.0.113.10", "2001:db8:f::10").Type(ServiceType.LoadBalancer);

    private static IEnumerable<TestCaseData> Ranges()
    {
        yield return Case("50: the node is inside, so the address itself is", "198.51.100.0/25 192.0.2.0/24", $"192.0.2.0/24 198.51.100.0/25 {Vip}", true);
        yield return Case("53: the node is not inside", "198.51.100.0/25", "198.51.100.0/25", false);
        yield return Case("54: everybody is", "198.51.100.0/25 0.0.0.0/0", "", false);
        yield return Case("54: the other family's alone", "2001:db8:77::/48", "", false);
        yield return Case("everybody of the other family", "198.51.100.0/25 ::/0", "198.51.100.0/25", false);
        yield return Case("none", "", "", false);
        yield return Case("one several times, in any order", "203.0.113.0/24 10.0.0.0/8 203.0.113.0/24", "10.0.0.0/8 203.0.113.0/24", false);
        yield return Case("a range of one address, that of the node", "192.0.2.11/32", $"192.0.2.11/32 {Vip}", true);
        yield return Case("the address is named anyway", $"192.0.2.11/32 {Vip}", $"192.0.2.11/32 {Vip}", true);
    }

    [TestCaseSource(nameof(Ranges))]
    public void Ranges_OfAFamily_AreThose(string[] ranges, string expected, bool admitsNode)
    {
        var port = PlanView.Of(Snapshots(S.SourceRanges(ranges)), N1).PortAt("203.0.113.10:80");

        Assert.That(string.Join(' ', port.SourceRanges), Is.EqualTo(expected));
        Assert.That(port.AdmitsNode, Is.EqualTo(admitsNode));
    }

    [Test]
    public void Ranges_OfBothFamilies_AreEachForTheirOwn()
    {
        var view = PlanView.Of(Snapshots(S.SourceRanges("2001:db8:a::/48", "198.51.100.0/25")), N1);

        Assert.That(view.PortAt("[2001:db8:f::10]:80").SourceRanges, Is.EqualTo(
            [Text.Network("2001:db8:a::/48"), Text.Network("2001:db8:f::10/128")]));
        Assert.That(view.PortAt("[2001:db8:f::10]:80").AdmitsNode, Is.True);
        Assert.That(view.PortAt("203.0.113.10:80").AdmitsNode, Is.False);
    }

    [Test]
    public void OnlyTheNodesFirstAddressOfAFamily_IsItsOwn()
    {
        var node = N1 with { Addresses = [IpAddress.Parse("2001:db8:a::11"), IpAddress.Parse("198.51.100.9"), IpAddress.Parse("192.0.2.11")] };

        var view = PlanView.Of(Snapshots(S.SourceRanges("192.0.2.0/24")), node);

        Assert.That(view.PortAt("203.0.113.10:80").AdmitsNode, Is.False);
    }

    [Test]
    public void Node_WithoutAddresses_IsInNoRange()
    {
        var view = PlanView.Of(Snapshots(S.SourceRanges("192.0.2.0/24")), N1 with { Addresses = [] });

        Assert.That(view.PortAt("203.0.113.10:80").SourceRanges, Is.EqualTo([Text.Network("192.0.2.0/24")]));
    }

    [Test(Description = "51: ranges bind nobody who dials another address")]
    public void Service_WithoutLoadBalancerIP_HasNoRanges()
    {
        var view = PlanView.Of(Snapshots(S.LoadBalancerIPs().ExternalIPs("203.0.113.99").SourceRanges("198.51.100.0/25")), N1);

        Assert.That(view.PortAt("203.0.113.99:80").SourceRanges, Is.Empty);
    }

    private static TestCaseData Case(string name, string ranges, string expected, bool admitsNode) =>
        new TestCaseData(ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries), expected, admitsNode).SetArgDisplayNames(name);
}
