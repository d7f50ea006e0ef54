using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;
using FragileDataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Unit.Dataplane.Sequences.FragileBucket, KubeProxyNext.Unit.Dataplane.Sequences.FragileAddress>;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>A change that ends at each of its points in turn: what clients meet there is the old or the new.</summary>
[RequiresBpf]
public sealed class InterruptedChangeTests
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void FrontendLeavesThePolicyWhoseSetEmpties_HasBackendsAtEachPoint()
    {
        var before = Served(inside: TrafficPolicy.Local, Set(TrafficPolicy.Cluster, "10.0.1.1:80"), Set(TrafficPolicy.Local, "10.0.1.1:80"));
        var after = Served(inside: TrafficPolicy.Cluster, Set(TrafficPolicy.Cluster, "10.0.1.2:80"), Set(TrafficPolicy.Local));

        Assert.That(
            MetBetween(before, after, "10.96.0.10"), Is.EquivalentTo(["10.96.0.10:80/TCP -> 10.0.1.1:80", "10.96.0.10:80/TCP -> 10.0.1.2:80"]));
    }

    [Test]
    public void FrontendIsAddedWhileRangesChange_IsAtNoPointForClientsOfTheFormer()
    {
        var before = Restricted("10.1.0.0", "198.51.100.1:80");
        var after = Restricted("10.2.0.0", "198.51.100.1:80", "198.51.100.2:80");

        Assert.That(MetBetween(before, after, "198.51.100.2"), Is.EquivalentTo(["", "198.51.100.2:80/TCP (LoadBalancerIP) -> 10.0.1.1:80 | from 10.2.0.0/16"]));
    }

    // What the line of the address is at each point; empty where nobody serves it.
    private static IEnumerable<string> MetBetween(ServicePlan before, ServicePlan after, string address)
    {
        using var pins = new TemporaryPins();
        using var tested = new FragileDataplane(pins.Bpffs, Small);
        var met = new List<string>();
        bool wasInterrupted;
        do
        {
            tested.Apply(before);
            wasInterrupted = IsInterrupted(tested, after, uses: met.Count + 1);
            met.Add(MapDump.Of(tested).SingleOrDefault(line => line.StartsWith(address, StringComparison.Ordinal)) ?? "");
        }
        while (wasInterrupted);
        return met.Distinct();
    }

    private static bool IsInterrupted(FragileDataplane tested, ServicePlan plan, int uses)
    {
        Interruption.After(uses);
        try
        {
            tested.Apply(plan);
        }
        catch (Interruption)
        {
        }

        return !Interruption.CallOff();
    }

    // Clients from outside are bound to this node in any case.
    private static ServicePlan Served(TrafficPolicy inside, params BackendSet[] sets) => Service("web", new ServicePortPlan(
        "", Protocol.Tcp, IpFamily.IPv4,
        [ClusterIP("10.96.0.10:80", inside), External(FrontendKind.NodePort, "0.0.0.0:30080", TrafficPolicy.Local)], [.. sets]));

    private static ServicePlan Restricted(string network, params IEnumerable<string> addresses) => Service("web", new ServicePortPlan(
        "", Protocol.Tcp, IpFamily.IPv4, [.. addresses.Select(address => External(FrontendKind.LoadBalancerIP, address, TrafficPolicy.Cluster))],
        [Set(TrafficPolicy.Cluster, "10.0.1.1:80")])
    { SourceRanges = [new(IpAddress.Parse(network), 16)] });
}
