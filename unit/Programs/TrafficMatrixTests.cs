using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext.Unit.Programs;

/// <summary>The matrices of drop and reject (behaviour 4.3, 4.4), line by line, for clients on this node.</summary>
public sealed class TrafficMatrixTests(IpFamily family) : RulesFixture(family)
{
    private static readonly string[] External = [GivenService.LoadBalancerIP, GivenService.ExternalIP, GivenService.NodePort];
    private static readonly Client[] Clients = [Client.Pod, Client.Host, Client.From("10.244.1.50")];

    [TestCase(TrafficPolicy.Cluster, "L1 R1", "L1", "L1 R1")]
    [TestCase(TrafficPolicy.Cluster, "R1", "", "R1")]
    [TestCase(TrafficPolicy.Cluster, "", "", "reject")]
    [TestCase(TrafficPolicy.Cluster, "", "L1", "reject", Description = "only what C has counts")]
    [TestCase(TrafficPolicy.Local, "L1 R1", "L1", "L1")]
    [TestCase(TrafficPolicy.Local, "L1 L2 R1", "L1 L2", "L1 L2")]
    [TestCase(TrafficPolicy.Local, "R1", "", "drop")]
    [TestCase(TrafficPolicy.Local, "R1", "L2", "L2", Description = "L is its own: terminating where C is ready")]
    [TestCase(TrafficPolicy.Local, "", "", "reject")]
    public void ClusterIP(TrafficPolicy policy, string cluster, string local, string expected)
    {
        Apply(new() { InternalPolicy = policy, Cluster = cluster, Local = local });

        foreach (var client in Clients)
        {
            Assert.That(Reached(GivenService.ClusterIP, client), Is.EqualTo(expected), $"{client}");
        }
    }

    [Test]
    public void ClusterIP_ExternalPolicy_PlaysNoRole([Values] TrafficPolicy external)
    {
        Apply(new() { ExternalPolicy = external });

        Assert.That(Reached(GivenService.ClusterIP, Client.Pod), Is.EqualTo("L1 R1"));
    }

    [TestCase(TrafficPolicy.Cluster, "L1 R1", "L1", "L1 R1")]
    [TestCase(TrafficPolicy.Cluster, "", "", "reject")]
    [TestCase(TrafficPolicy.Local, "L1 R1", "L1", "L1 R1", Description = "the short-circuit")]
    [TestCase(TrafficPolicy.Local, "R1", "", "R1", Description = "the short-circuit, with nobody local")]
    [TestCase(TrafficPolicy.Local, "", "", "reject")]
    public void External_AllKinds(TrafficPolicy policy, string cluster, string local, string expected)
    {
        Apply(new() { ExternalPolicy = policy, InternalPolicy = TrafficPolicy.Local, Cluster = cluster, Local = local });

        foreach (var (address, client) in External.SelectMany(address => Clients.Select(client => (address, client))))
        {
            Assert.That(Reached(address, client), Is.EqualTo(expected), $"{client} to {address}");
        }
    }

    [Test]
    public void Refused_IsCountedByReason()
    {
        Apply(new() { InternalPolicy = TrafficPolicy.Local, Cluster = "R1", Local = "" });
        var (rejected, dropped) = (Rules.Count(Counter.DropNoBackend), Rules.Count(Counter.DropNoLocalBackend));

        _ = Dial(GivenService.ClusterIP, Client.Pod);

        Assert.That(Rules.Count(Counter.DropNoLocalBackend), Is.EqualTo(dropped + 1));
        Assert.That(Rules.Count(Counter.DropNoBackend), Is.EqualTo(rejected));
    }
}
