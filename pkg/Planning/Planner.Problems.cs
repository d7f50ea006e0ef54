using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What cannot be done, and who has heard of it.</summary>
public sealed partial class Planner
{
    // Of Services with problems alone: most have none.
    private readonly Dictionary<ObjectName, IReadOnlyCollection<PlanningProblem>> _told = [];

    // News is a problem that was not there when the Service was looked at last. It is looked at where it is planned, and where an
    // address that it wants went from one rival to another.
    private List<PlanningProblem> TakeProblems(HashSet<ObjectName> affected, IReadOnlyList<Handover> handovers, NodeConfig node)
    {
        foreach (var handover in handovers)
        {
            affected.Add(handover.From);
            affected.UnionWith(_claims.LosersOf(handover.Address));
        }

        var news = new List<PlanningProblem>();
        foreach (var name in affected)
        {
            TakeProblems(name, node, news);
        }

        news.Sort((one, other) => (one.Service, one.Kind, one.Where, one.What).CompareTo((other.Service, other.Kind, other.Where, other.What)));
        return news;
    }

    private void TakeProblems(ObjectName name, NodeConfig node, List<PlanningProblem> news)
    {
        var problems = _snapshots.TryGetValue(name, out var snapshot)
            ? ServiceProblems.Of(snapshot, node, _claims)
            : [];
        var told = _told.GetValueOrDefault(name, []);
        if (problems.Count == 0)
        {
            _told.Remove(name);
            return;
        }

        var all = problems.ToHashSet();
        news.AddRange(all.Except(told));
        _told[name] = all;
    }
}
