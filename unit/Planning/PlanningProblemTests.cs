using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What is told of what cannot be done, and how often.</summary>
public sealed class PlanningProblemTests
{
    private static readonly NodeConfig N1 = Node("n1");
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80");
    private static readonly ServiceBuilder Odd = S.Annotated("algorithm", "fastest");
    private static readonly EndpointBuilder L1 = Endpoint("s", "10.244.1.5:8080").InSlice("s-a");

    [Test]
    public void UnknownAlgorithm_IsAMistakeThatNamesWhatIsKnown() => AssertTold(
        Odd, isMistake: true,
        "Service default/s is balanced at random: kube-proxy-next.io/algorithm is 'fastest'; use random, round-robin, least-connections or maglev");

    [Test]
    public void UnknownOnRemoval_IsAMistake() => AssertTold(
        S.Annotated("on-backend-removal", "kill"), isMistake: true,
        "Service default/s keeps TCP connections to backends that are gone: kube-proxy-next.io/on-backend-removal is 'kill'; use reset, or remove it");

    [Test]
    public void BrokenWeight_IsAMistakeOfItsSlice()
    {
        var result = new Planner().Plan(Snapshots(S, L1.SliceWeights("10.244.1.5=much,10.244.1.6=2")), N1);

        Assert.That(result.Problems.Select(problem => (problem.IsMistake, problem.ToString())), Is.EqualTo(
        [
            (true, "Service default/s does without a weight: EndpointSlice default/s-a says '10.244.1.5=much'; use address=weight once for each, with a weight of 0 to 65535"),
        ]));
    }

    [Test]
    public void NoHealthCheckPort_IsNoMistakeOfTheUser() => AssertTold(
        S.Type(ServiceType.LoadBalancer).External(TrafficPolicy.Local), isMistake: false,
        "Service default/s has no healthCheckNodePort: its load balancer cannot tell nodes with local endpoints; set one");

    [Test]
    public void SpecialAddress_SaysWhatToDo() => AssertTold(
        S.ExternalIPs("127.0.0.1"), isMistake: false,
        "Service default/s does not get 127.0.0.1: an unspecified, loopback or multicast address cannot be a Service's; remove it");

    [Test]
    public void ExternalIP_Denied_IsAMistakeThatNamesTheOption() => AssertTold(
        S.ExternalIPs("203.0.113.9"), isMistake: true,
        "Service default/s does not get external IP 203.0.113.9: --deny-external-ips is set on this node; use a load balancer, or remove it",
        N1 with { DeniesExternalIPs = true, ExternalIPNetworks = [Text.Network("203.0.113.0/24")] });

    [Test]
    public void ExternalIP_OutsideTheNetworks_IsAMistakeThatNamesThem() => AssertTold(
        S.ExternalIPs("203.0.113.9", "198.51.100.9"), isMistake: true,
        "Service default/s does not get external IP 198.51.100.9: --external-ip-cidrs of this node is 203.0.113.0/24,2001:db8::/32; use an address in there, or remove it",
        N1 with { ExternalIPNetworks = [Text.Network("203.0.113.0/24"), Text.Network("2001:db8::/32")] });

    [Test]
    public void ExternalIP_OfTheApiServer_IsAMistakeAtItsPortAlone()
    {
        var service = S.Port("other", 6443).ExternalIPs("198.51.100.1");
        var node = N1 with { ApiServers = [Text.Address("198.51.100.1:6443")] };

        AssertTold(
            service, isMistake: true, "Service default/s does not get 198.51.100.1:6443/TCP: this node reaches its API server there; remove the external IP, or use another port", node);
        var addresses = PlanView.Of(Snapshots(service), node).Addresses.Select(address => $"{address}");
        Assert.That(addresses, Does.Contain("198.51.100.1:80/TCP").And.Contain("10.96.10.1:6443/TCP").And.Not.Contain("198.51.100.1:6443/TCP"));
    }

    [Test]
    public void LoadBalancerIP_OfTheApiServer_IsServed() => Assert.That(
        PlanView.Of(Snapshots(S.LoadBalancerIPs("198.51.100.1")), N1 with { ApiServers = [Text.Address("198.51.100.1:80")] }).Addresses.Select(address => $"{address}"),
        Does.Contain("198.51.100.1:80/TCP"), "who may write its status is the load balancer's controller, and it may be the API server's own");

    [Test]
    public void ExternalIP_OfTheLoadBalancer_IsNotMissed() =>
        Assert.That(
            new Planner().Plan(Snapshots(S.ExternalIPs("203.0.113.9").LoadBalancerIPs("203.0.113.9")), N1 with { DeniesExternalIPs = true }).Problems,
            Is.Empty);

    [Test]
    public void Problem_CarriesTheServicesUid()
    {
        var uid = Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

        var result = new Planner().Plan(Snapshots(Odd.With(service => service with { Uid = uid })), N1);

        Assert.That(result.Problems.Single().Uid, Is.EqualTo(uid));
    }

    [Test]
    public void Problem_OfAServiceThatIsPlannedAgain_IsToldOnce()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Odd), N1);

        var endpoints = planner.Plan(Snapshots(Odd, L1), N1);
        var node = planner.Plan([], N1 with { Zone = "zb" });

        Assert.That(endpoints.Problems.Concat(node.Problems), Is.Empty);
    }

    [Test]
    public void Problem_ThatWasPutRight_IsToldWhenItComesBack()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Odd), N1);

        var right = planner.Plan(Snapshots(S), N1);
        var wrong = planner.Plan(Snapshots(Odd), N1);

        Assert.That(right.Problems, Is.Empty);
        Assert.That(wrong.Problems, Has.Count.EqualTo(1));
    }

    [Test]
    public void Problem_OfAServiceThatIsMadeAnew_IsToldAgain()
    {
        var planner = new Planner();
        planner.Plan(Snapshots(Odd), N1);
        planner.Plan([new ServiceSnapshot(Text.Name("s"), null, default)], N1);

        Assert.That(planner.Plan(Snapshots(Odd), N1).Problems, Has.Count.EqualTo(1));
    }

    [Test]
    public void ExternalName_HasNoProblems() =>
        Assert.That(new Planner().Plan(Snapshots(Odd.Type(ServiceType.ExternalName)), N1).Problems, Is.Empty);

    private static void AssertTold(ServiceBuilder service, bool isMistake, string expected, NodeConfig? node = null)
    {
        var problem = new Planner().Plan(Snapshots(service), node ?? N1).Problems.Single();

        Assert.That(problem.ToString(), Is.EqualTo(expected));
        Assert.That(problem.IsMistake, Is.EqualTo(isMistake));
    }
}
