using FsCheck.NUnit;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using static KubeProxyNext.Unit.Builders.Given;
using Property = FsCheck.NUnit.PropertyAttribute;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What holds whatever the cluster says, and in whatever order it says it.</summary>
[Properties(Arbitrary = [typeof(Soup)], MaxTest = 400, Replay = Seed, QuietOnSuccess = true)]
public sealed class PlannerProperties
{
    // Every run sees the same stories; another seed tells others.
    private const string Seed = "(7321649817263549817,1442695040888963407)";

    [Property(MaxTest = 3000)]
    public void Plan_AgreesWithTheBehaviourAsWritten(ServiceSnapshot snapshot, NodeConfig node)
    {
        foreach (var port in ServicePlanner.Plan(snapshot, node).Ports)
        {
            var servicePort = snapshot.Service!.Ports.First(p => p.Name == port.PortName && p.Protocol == port.Protocol);

            var wanted = port.Frontends.SelectMany<Frontend, TrafficPolicy>(frontend => [frontend.Internal, frontend.External]).Distinct().Order();
            Assert.That(port.Sets.Select(set => set with { Layout = default }), Is.EqualTo(
                wanted.Select(policy => ReferenceSelection.Select(snapshot, servicePort, port.Family, node, policy))));
        }
    }

    [Property(MaxTest = 1000)]
    public void Retained_AreThoseThatServeAndThatNoSetHas(ServiceSnapshot snapshot, NodeConfig node)
    {
        foreach (var port in ServicePlanner.Plan(snapshot, node).Ports)
        {
            var servicePort = snapshot.Service!.Ports.First(p => p.Name == port.PortName && p.Protocol == port.Protocol);
            var inSets = port.Sets.SelectMany(set => set.Backends).Select(backend => (backend.Ip, backend.Port));
            var expected = ReferenceSelection.Serving(snapshot, servicePort, port.Family).Except(inSets);

            Assert.That(
                port.Retained.Select(backend => (backend.Ip, backend.Port)),
                Is.EquivalentTo(port.DestroysSockets ? expected : []));
        }
    }

    [Property(MaxTest = 2000)]
    public void Plan_StaysWithinTheShare(ServiceSnapshot snapshot, NodeConfig node)
    {
        var share = new ServiceShare(Frontends: 5, Slots: 6, SourceRanges: 3);

        var plan = ServicePlanner.Plan(snapshot, node with { Share = share });

        foreach (var family in plan.Ports.GroupBy(port => port.Family))
        {
            Assert.That(family.Sum(port => port.Frontends.Count), Is.LessThanOrEqualTo(share.Frontends));
            Assert.That(family.Sum(port => port.Sets.Sum(set => set.SlotCount)), Is.LessThanOrEqualTo(share.Slots));
            Assert.That(family.Sum(port => port.SourceRanges.Count), Is.LessThanOrEqualTo(share.SourceRanges));
        }
    }

    [Property(MaxTest = 1000)]
    public void Frontends_OfAService_AreEachThereOnceAndMeanWhatTheyAre(ServiceSnapshot snapshot, NodeConfig node)
    {
        var frontends = ServicePlanner.Plan(snapshot, node).Ports
            .SelectMany(port => port.Frontends, (port, frontend) => (port.Family, Frontend: frontend)).ToList();

        Assert.That(frontends.Select(item => item.Frontend.Address), Is.Unique);
        foreach (var (family, (address, kind, inside, _)) in frontends)
        {
            Assert.That(address.Family, Is.EqualTo(family));
            Assert.That(address.Ip.IsUnspecified, Is.EqualTo(kind == FrontendKind.NodePort), "nothing else may look like a NodePort");
            Assert.That(address.Ip.IsLoopback || address.Ip.IsMulticast, Is.False);
            Assert.That((address.Port, address.Protocol) == (0, (Protocol)0), Is.EqualTo(kind == FrontendKind.ClusterIPRest));
            Assert.That(inside == TrafficPolicy.Local && kind is not (FrontendKind.ClusterIP or FrontendKind.ClusterIPRest), Is.False);
        }
    }

    [Property(MaxTest = 1000)]
    public void Layouts_OfSets_NameEachBackend(ServiceSnapshot snapshot, NodeConfig node)
    {
        foreach (var set in ServicePlanner.Plan(snapshot, node).Ports.SelectMany(port => port.Sets))
        {
            Assert.That(set.Backends.Select(backend => backend.Weight), Is.All.Positive);
            Assert.That(
                Enumerable.Range(0, set.SlotCount).Select(set.BackendAt).Distinct(),
                Is.EquivalentTo(Enumerable.Range(0, set.Backends.Count)));
        }
    }

    [Property]
    public void Problems_OfAStory_AreThoseOfItsEnd(History history)
    {
        var planner = new Planner();
        var told = history.Steps.SelectMany(step => planner.Plan(step.Changes, step.Node).Problems).ToList();
        var inTheEnd = new Planner().Plan(history.Newest, history.LastNode).Problems;

        Assert.That(inTheEnd, Is.SubsetOf(told), "what is wrong in the end was told at some time");
        Assert.That(planner.Plan(history.Newest, history.LastNode).Problems, Is.Empty, "and is no news");
    }

    [Property]
    public void Plan_MadeTwice_IsTheSame(ServiceSnapshot snapshot, NodeConfig node)
    {
        var (first, second) = (ServicePlanner.Plan(snapshot, node), ServicePlanner.Plan(snapshot, node));

        Assert.That(second, Is.EqualTo(first));
    }

    [Property]
    public void Outcome_DoesNotDependOnWhatWasBefore(History history)
    {
        var allAtOnce = Outcome(new History([new HistoryStep(history.Newest, history.LastNode)]));

        Assert.That(Outcome(history), Is.EqualTo(allAtOnce));
    }

    [Property]
    public void Outcome_DoesNotDependOnOrderGroupingOrRepetition(History history)
    {
        var backwards = history.Newest.Reverse().Select(change => new HistoryStep([change], history.LastNode)).ToList();

        Assert.That(Outcome(new History([.. backwards, .. backwards, history.Steps[^1]])), Is.EqualTo(Outcome(history)));
    }

    [Property]
    public void Address_ThatAnyServiceWants_IsGivenToTheBestClaim(History history)
    {
        var services = history.Newest.Where(snapshot => snapshot.Service is not null).ToList();
        var best = services
            .SelectMany(
                snapshot => ServicePlanner.Plan(snapshot, history.LastNode).Ports.SelectMany(port => port.Frontends),
                (snapshot, frontend) => (frontend.Address, frontend.Kind, snapshot.Service!.Created, snapshot.Name))
            .GroupBy(claim => claim.Address)
            .Select(claims => (claims.Key, claims.OrderBy(claim => claim.Kind).ThenBy(claim => claim.Created).ThenBy(claim => claim.Name).First().Name));

        Assert.That(OwnersAfter(history), Is.EquivalentTo(best));
    }

    [Property]
    public void Service_ThatSharesNothing_IsNotDisturbed(History history)
    {
        var alone = Snapshots(
            Service("valid").ClusterIP("10.97.0.1:80").ClusterIP("[2001:db8:97::1]:80").NodePort(30999).Created("01-01")
                .Type(ServiceType.LoadBalancer).External(TrafficPolicy.Local).LoadBalancerIPs("203.0.113.200").SourceRanges("192.0.2.0/24"),
            Endpoint("valid", "10.0.2.7:8080").On("n1"),
            Endpoint("valid", "[2001:db8::7]:8080").ForZones("za")).Single();
        var among = history with { Steps = [.. history.Steps.Select((step, i) => i == 0 ? step with { Changes = [.. step.Changes, alone] } : step)] };

        var outcome = Outcome(among);

        Assert.That(outcome.GetValueOrDefault(alone.Name), Is.EqualTo(Outcome(new([new([alone], history.LastNode)])).GetValueOrDefault(alone.Name)));
    }

    [Property]
    public void Address_ThatPassesOn_AlwaysHasSomebody(History history)
    {
        var planner = new Planner();
        var frontends = new AppliedFrontends();
        foreach (var step in history.Steps)
        {
            var before = frontends.Owners.ToDictionary();
            var lost = planner.Plan(step.Changes, step.Node).Plans.SelectMany(frontends.Apply).ToHashSet();
            var gainers = frontends.Owners.Where(item => before.TryGetValue(item.Key, out var owner) && owner != item.Value).ToList();

            Assert.That(
                HasRing([.. gainers.Select(item => (before[item.Key], item.Value))]) || !lost.Overlaps(frontends.Owners.Keys),
                $"nobody had one of {string.Join(", ", lost)} for a while");
        }
    }

    // Takes away whoever gains and does not lose, until nobody is left or everybody waits for another.
    private static bool HasRing(IReadOnlyCollection<(ObjectName From, ObjectName To)> handovers)
    {
        while (true)
        {
            var waiting = handovers.Where(handover => handovers.Any(other => other.From == handover.To)).ToList();
            if (waiting.Count == handovers.Count)
            {
                return waiting.Count > 0;
            }

            handovers = waiting;
        }
    }

    private static Dictionary<ObjectName, ServicePlan> Outcome(History history)
    {
        var planner = new Planner();
        var outcome = new Dictionary<ObjectName, ServicePlan>();
        foreach (var plan in history.Steps.SelectMany(step => planner.Plan(step.Changes, step.Node).Plans))
        {
            outcome[plan.Name] = plan;
        }

        return outcome.Where(item => !item.Value.Ports.IsEmpty).ToDictionary();
    }

    private static IEnumerable<(FrontendAddress, ObjectName)> OwnersAfter(History history) => Outcome(history).Values.SelectMany(
        plan => plan.Ports.SelectMany(port => port.Frontends), (plan, frontend) => (frontend.Address, plan.Name));
}
