using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using static KubeProxyNext.Unit.Builders.Given;

namespace KubeProxyNext.Unit.Planning;

/// <summary>One Service may have its share of the maps and no more: what fits is served, what does not is said.</summary>
public sealed class ServiceShareTests
{
    private static readonly NodeConfig N1 = Node("n1") with { Share = new(Frontends: 6, Slots: 12, SourceRanges: 4), MaglevTableSize = 7 };
    private static readonly ServiceBuilder S = Service("s").ClusterIP("10.96.10.1:80");

    [Test]
    public void Share_IsAPartOfAMap_AndAllOfASmallOne() =>
        Assert.That(ServiceShare.Of(65_536, 1500, 100), Is.EqualTo(new ServiceShare(8192, 1024, 100)));

    [Test]
    public void Ports_BeyondTheShare_AreLeftOutFromTheLastOn()
    {
        var service = Enumerable.Range(1, 4).Aggregate(S.ExternalIPs("203.0.113.9"), (before, i) => before.Port($"p{i}", (ushort)(80 + i)));

        var view = PlanView.Of(Snapshots(service), N1);

        Assert.That(view.Addresses.Select(address => address.Port).Distinct(), Is.EqualTo((int[])[80, 81, 82]));
        Assert.That(Problems(N1, service), Is.EqualTo((string[])[
            "Service default/s has 2 more ports in IPv4 than its share of --max-frontends holds: these are not served; raise it, or make several Services"]));
    }

    [Test]
    public void Ports_LeftOut_ClaimNothing()
    {
        var large = Enumerable.Range(1, 9).Aggregate(S.ExternalIPs("203.0.113.9"), (before, i) => before.Port($"p{i}", (ushort)(80 + i)));
        var small = Service("t").ClusterIP("10.96.10.2:89").ExternalIPs("203.0.113.9").Created("01-02");

        var view = PlanView.Of(Snapshots(large, small, Endpoint("t", "10.244.1.9:8080")), N1);

        Assert.That(view["203.0.113.9:89"], Is.EqualTo("10.244.1.9:8080"));
    }

    [TestCase(12, 12)]
    [TestCase(13, 12)]
    [TestCase(1000, 12)]
    public void Endpoints_BeyondTheShare_AreLeftOut(int endpoints, int backends)
    {
        var cluster = Snapshots([S, .. Endpoints("s", endpoints)]);

        var port = PlanView.Of(cluster, N1).PortAt("10.96.10.1:80");

        Assert.That(port.Sets.Single().Backends, Has.Count.EqualTo(backends));
    }

    [Test]
    public void Endpoints_BeyondTheShare_AreSaidAndDividedAmongThePorts()
    {
        var service = S.Port("other", 81);
        var cluster = Snapshots([service, .. Endpoints("s", 20), .. Endpoints("s", 20, "other")]);

        var plan = ServicePlanner.Plan(cluster[0], N1);

        Assert.That(plan.Ports.Select(port => port.Sets.Single().Backends.Count), Is.EqualTo((int[])[6, 6]));
        Assert.That(new Planner().Plan(cluster, N1).Problems.Select(problem => $"{problem}"), Is.EqualTo((string[])[
            "Service default/s has more endpoints in IPv4 than its share of --max-slots holds: each of its ports gets the first 6; raise it, or make several Services"]));
    }

    [Test]
    public void Endpoints_OfBothPolicies_ShareTheSlots()
    {
        var service = S.Type(ServiceType.NodePort).NodePort(30080).External(TrafficPolicy.Local);

        var sets = PlanView.Of(Snapshots([service, .. Endpoints("s", 20).Select(endpoint => endpoint.On("n1"))]), N1).PortAt("10.96.10.1:80").Sets;

        Assert.That(sets.Select(set => set.Backends.Count), Is.EqualTo((int[])[6, 6]));
    }

    [Test]
    public void Endpoints_OfPortsThatTheServiceLacks_DoNotCount()
    {
        var cluster = Snapshots([S, .. Endpoints("s", 12), .. Endpoints("s", 100, "other")]);

        Assert.That(PlanView.Of(cluster, N1).PortAt("10.96.10.1:80").Sets.Single().Backends, Has.Count.EqualTo(12));
        Assert.That(new Planner().Plan(cluster, N1).Problems, Is.Empty);
    }

    [Test]
    public void MaglevTables_BeyondTheShare_GiveWayToOneSlotForEach()
    {
        var service = S.Port("other", 81).Annotated("algorithm", "maglev");
        var cluster = Snapshots([service, .. Endpoints("s", 2), .. Endpoints("s", 2, "other")]);

        var plan = ServicePlanner.Plan(cluster[0], N1);

        Assert.That(plan.Ports.Select(port => (port.Algorithm, port.Sets.Single().SlotCount)), Is.All.EqualTo((BalancingAlgorithm.Random, 2)));
        Assert.That(new Planner().Plan(cluster, N1).Problems.Single().Kind, Is.EqualTo(PlanningProblemKind.TooManySlots));
    }

    [Test]
    public void MaglevTables_WithinTheShare_AreThere()
    {
        var cluster = Snapshots([S.Annotated("algorithm", "maglev"), .. Endpoints("s", 2)]);

        Assert.That(ServicePlanner.Plan(cluster[0], N1).Ports.Single().Sets.Single().SlotCount, Is.EqualTo(7));
        Assert.That(new Planner().Plan(cluster, N1).Problems, Is.Empty);
    }

    [Test]
    public void Weights_BeyondTheShare_GiveWayToOneSlotForEach()
    {
        var cluster = Snapshots([S, .. Endpoints("s", 2).Select(endpoint => endpoint.SliceWeights("10.244.0.0=40,10.244.0.1=3"))]);

        Assert.That(ServicePlanner.Plan(cluster[0], N1).Ports.Single().Sets.Single().SlotCount, Is.EqualTo(2));
        Assert.That(new Planner().Plan(cluster, N1).Problems.Single().Kind, Is.EqualTo(PlanningProblemKind.TooManySlots));
    }

    [Test]
    public void SourceRanges_BeyondTheShare_LetNobodyIn()
    {
        var service = S.Port("other", 81).Type(ServiceType.LoadBalancer).LoadBalancerIPs("203.0.113.10").SourceRanges("198.51.100.0/25", "198.51.101.0/25", "198.51.102.0/25");

        var port = PlanView.Of(Snapshots(service), N1).PortAt("203.0.113.10:80");

        Assert.That(string.Join(' ', port.SourceRanges), Is.EqualTo("198.51.100.0/25 198.51.101.0/25"));
        Assert.That(Problems(N1, service), Is.EqualTo((string[])[
            "Service default/s lets in the first 2 of its source ranges of IPv4 alone, which is its share of --max-source-ranges; raise it"]));
    }

    [Test]
    public void ManyPorts_AreJoinedAsFewAre()
    {
        var (few, many) = (Node("n1"), Node("n1"));
        var service = Enumerable.Range(1, 40).Aggregate(S, (before, i) => before.Port($"p{i}", (ushort)(80 + i)));
        var cluster = Snapshots([service, .. Enumerable.Range(1, 40).SelectMany(i => Endpoints("s", 2, $"p{i}"))]);

        var plan = ServicePlanner.Plan(cluster[0], many);

        foreach (var port in plan.Ports)
        {
            var alone = cluster[0] with { Service = cluster[0].Service! with { Ports = [.. cluster[0].Service!.Ports.Where(each => each.Name == port.PortName)] } };
            Assert.That(port.Sets, Is.EqualTo(ServicePlanner.Plan(alone, few).Ports.Single().Sets), port.PortName);
        }
    }

    [Test]
    public void Problems_InThousands_AreToldInPart()
    {
        var weights = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"junk{i}"));

        var problems = new Planner().Plan(Snapshots(S, Endpoint("s", "10.244.1.5:8080").SliceWeights(weights)), N1).Problems;

        Assert.That(problems, Has.Count.EqualTo(21));
        Assert.That(problems[^1].ToString(), Is.EqualTo("Service default/s has more problems than these").Or.Contains("junk"));
        Assert.That(problems.Count(problem => problem.Kind == PlanningProblemKind.MoreProblems), Is.EqualTo(1));
    }

    [Test]
    public void Plans_OfAServiceWithAllThatIsMany_TakeNoTimeToSpeakOf()
    {
        // 16,000 ports by 16,000 slice ports by 1000 endpoints: done without a thought it takes minutes.
        const int Ports = 16_000;
        var service = S.Type(ServiceType.LoadBalancer).External(TrafficPolicy.Local).HealthCheckNodePort(32100).Build() with
        {
            Ports = [.. Enumerable.Range(1, Ports).Select(i => new ServicePort($"p{i}", Protocol.Tcp, (ushort)i))],
        };
        var slices = Enumerable.Range(0, 20).Select(s => new EndpointSlice
        {
            Name = Text.Name($"s-{s:D3}"),
            Service = service.Name,
            Family = IpFamily.IPv4,
            Ports = [.. Enumerable.Range(1, Ports).Select(i => new SlicePort($"p{i}", Protocol.Tcp, 8080))],
            Endpoints = [.. Enumerable.Range(0, 1000).Select(e => new KubeProxyNext.Model.Endpoint(IpAddress.Parse($"10.{s}.{e / 250}.{e % 250}")))],
        });

        var result = new Planner().Plan([new ServiceSnapshot(service.Name, service, [.. slices])], N1 with { Share = ServiceShare.Of(1 << 20, 1 << 22, 1 << 20) });

        Assert.That(result.Plans.Single().Ports.Sum(port => port.Sets.Sum(set => set.SlotCount)), Is.LessThanOrEqualTo(1 << 19));
    }

    private static IEnumerable<EndpointBuilder> Endpoints(string service, int count, string portName = "") => Enumerable.Range(0, count)
        .Select(i => Endpoint(service, $"10.244.{i / 250}.{i % 250}:8080").Named(portName).InSlice($"{service}-{portName}-{i / 1000}"));

    private static string[] Problems(NodeConfig node, ServiceBuilder service) =>
        [.. new Planner().Plan(Snapshots(service), node).Problems.Select(problem => problem.ToString())];
}
