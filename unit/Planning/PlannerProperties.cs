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

            Assert.That(port.Sets, Is.EqualTo([ReferenceSelection.Select(snapshot, servicePort, port.Family, node)]));
        }
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
                (snapshot, frontend) => (frontend.Address, snapshot.Service!.Created, snapshot.Name))
            .GroupBy(claim => claim.Address)
            .Select(claims => (claims.Key, claims.OrderBy(claim => claim.Created).ThenBy(claim => claim.Name).First().Name));

        Assert.That(OwnersAfter(history), Is.EquivalentTo(best));
    }

    [Property]
    public void Service_ThatSharesNothing_IsNotDisturbed(History history)
    {
        var alone = Snapshots(
            Service("valid").ClusterIP("10.97.0.1:80").ClusterIP("[2001:db8:97::1]:80").Created("01-01"),
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
