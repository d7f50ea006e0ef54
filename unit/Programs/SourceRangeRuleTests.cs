using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Programs;

/// <summary>Whom loadBalancerSourceRanges let in (behaviour 2.4, scenarios 50 to 55).</summary>
public sealed class SourceRangeRuleTests(IpFamily family) : RulesFixture(family)
{
    private static readonly GivenService Restricted = new()
    {
        Cluster = "R1",
        SourceRanges = ["198.51.100.0/25", "192.0.2.0/24", "203.0.113.10/32"],
        AdmitsNode = true,
    };

    private static readonly GivenService NodeIsOutside = Restricted with { SourceRanges = ["198.51.100.0/25"], AdmitsNode = false };

    [TestCase("198.51.100.7", "R1")]
    [TestCase("198.51.100.127", "R1")]
    [TestCase("198.51.100.128", "drop")]
    [TestCase("198.51.100.200", "drop")]
    [TestCase("10.244.1.50", "drop")]
    [TestCase("192.0.2.11", "R1")]
    [TestCase("203.0.113.10", "R1", Description = "the load balancer's own address")]
    public void Bound_SourceDecides(string source, string expected)
    {
        Apply(Restricted);

        Assert.That(Dial(GivenService.LoadBalancerIP, Client.From(source)), Is.EqualTo(expected));
        Assert.That(Dial(GivenService.LoadBalancerIP, Client.Host with { Bound = source }), Is.EqualTo(expected));
    }

    [TestCase("0.0.0.0")]
    [TestCase("127.0.0.1")]
    [TestCase(null)]
    public void Host_NotBound_IsTheNode(string? bound)
    {
        Apply(Restricted);
        Assert.That(Dial(GivenService.LoadBalancerIP, Client.Host with { Bound = bound }), Is.EqualTo("R1"));

        Apply(NodeIsOutside);
        Assert.That(Dial(GivenService.LoadBalancerIP, Client.Host with { Bound = bound }), Is.EqualTo("drop"));
    }

    [Test]
    public void OnlyLoadBalancerIPs_AreRestricted()
    {
        Apply(NodeIsOutside);

        Assert.That(Dial(GivenService.NodePort, Client.Host), Is.EqualTo("R1"));
        Assert.That(Dial(GivenService.ExternalIP, Client.From("198.51.100.200")), Is.EqualTo("R1"));
        Assert.That(Dial(GivenService.ClusterIP, Client.Pod), Is.EqualTo("R1"));
    }

    [Test]
    public void NoEndpoints_SourceIsAskedFirst()
    {
        Apply(Restricted with { Cluster = "" });

        Assert.That(Dial(GivenService.LoadBalancerIP, Client.From("198.51.100.7")), Is.EqualTo("reject"));
        Assert.That(Dial(GivenService.LoadBalancerIP, Client.From("198.51.100.200")), Is.EqualTo("drop"));
    }

    [Test]
    public void RangesOfAnotherService_DoNotCount()
    {
        Apply(new() { Name = "other", SourceRanges = ["10.244.0.0/16"] });
        Apply(NodeIsOutside);

        Assert.That(Dial(GivenService.LoadBalancerIP, Client.From("10.244.1.50")), Is.EqualTo("drop"));
    }

    [Test]
    public void KeptOut_IsCounted()
    {
        Apply(NodeIsOutside);
        var before = Rules.Count(Counter.DropSourceRange);

        _ = Dial(GivenService.LoadBalancerIP, Client.Host);

        Assert.That(Rules.Count(Counter.DropSourceRange), Is.EqualTo(before + 1));
    }

    [TestCase("198.51.100.7", "R1")]
    [TestCase("198.51.100.200", "drop")]
    [TestCase("198.51.100.7 192.0.2.9", "R1", Description = "all of its addresses are let in")]
    [TestCase("198.51.100.7 10.244.1.50", "drop", Description = "one of them is not")]
    [TestCase("10.244.1.50 198.51.100.7", "drop")]
    [TestCase("", "drop", Description = "it has none")]
    public void Pod_NotBound_EachOfItsAddressesMustBeLetIn(string addresses, string expected)
    {
        Apply(Restricted);
        using var pod = PodWith(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.Pod)), Is.EqualTo(expected));
        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.Pod with { Bound = "127.0.0.1" })), Is.EqualTo(expected));
    }

    [Test]
    public void Pod_NotBound_AddressesThatLeadNowhere_DoNotCount()
    {
        Apply(Restricted);
        using var pod = PodWith("198.51.100.7");

        pod.Do("link add off type veth peer name peer2", AddAddress("10.244.1.50", "off"));
        pod.Do(Family == IpFamily.IPv4 ? "addr add 169.254.7.7/16 scope link dev eth0" : "addr add fe80::7/64 nodad dev eth0");

        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.Pod)), Is.EqualTo("R1"));
    }

    [Test]
    public void Pod_NotBound_AddressOnLoopbackDevice_Counts()
    {
        Apply(Restricted);
        using var pod = PodWith("198.51.100.7");

        pod.Do(AddAddress("10.244.1.50", "lo"));

        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.Pod)), Is.EqualTo("drop"));
    }

    [Test]
    public void Pod_NotBound_MoreAddressesThanAreLookedAt_IsNotLetIn()
    {
        Apply(Restricted);
        using var pod = PodWith("198.51.100.1");

        pod.Do(Enumerable.Range(2, 70).Select(number => AddAddress($"198.51.100.{number}", "eth0")));

        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.Pod)), Is.EqualTo("drop"));
        Assert.That(pod.Run(() => Dial(GivenService.LoadBalancerIP, Client.From("198.51.100.1"))), Is.EqualTo("R1"), "it can say which it means");
    }

    private TemporaryNetwork PodWith(params string[] addresses)
    {
        var pod = new TemporaryNetwork();
        pod.Do("link add eth0 type veth peer name peer", "link set eth0 up", "link set peer up");
        pod.Do(addresses.Select(address => AddAddress(address, "eth0")));
        return pod;
    }

    private string AddAddress(string address, string device) => Family == IpFamily.IPv4
        ? $"addr add {address}/24 dev {device}"
        : $"addr add {FamilyText.Address(Family, address)}/64 nodad dev {device}";
}
