using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>A process on the node from its start: what it hears of the cluster goes into the maps, as the sync loop does it.</summary>
internal sealed class ScenarioRun
{
    private readonly ClusterTracker _tracker = new();
    private readonly Planner _planner = new();
    private readonly Dictionary<ObjectName, ServiceSnapshot> _snapshots = [];
    private readonly SortedDictionary<ObjectName, ServicePlan> _plans = [];
    private readonly NodeMaps _maps;
    private readonly ScenarioOptions _options;
    private NodeConfig _node;

    public ScenarioRun(NodeMaps maps, ScenarioOptions options)
    {
        (_maps, _options, _node) = (maps, options, options.Node());
    }

    /// <summary>What is planned now, for every Service that has ever been heard of.</summary>
    public IEnumerable<ServicePlan> Plans => _plans.Values;

    /// <summary>Takes the whole state of the cluster. Returns what planning tells of it.</summary>
    public IReadOnlyList<string> Take(ManifestFile cluster)
    {
        _tracker.Slices.Replace(cluster.Slices);
        _tracker.Nodes.Replace(cluster.Nodes);
        _tracker.ServiceCidrs.Replace(cluster.ServiceCidrs);
        _tracker.Services.Replace(cluster.Services);
        return Changes() is { } changes ? Sync(changes) : [];
    }

    /// <summary>Plans and applies everything again, though nothing changed.</summary>
    public void SyncAgain() => Apply(_planner.Plan([.. _snapshots.Values], _node).Plans);

    // The tracker answers at once where it has news; it is not waited for.
    private ClusterChanges? Changes()
    {
        var next = _tracker.TakeAsync(new(canceled: true)).AsTask();
        return next.IsCompletedSuccessfully ? next.Result : null;
    }

    private IReadOnlyList<string> Sync(ClusterChanges changes)
    {
        _node = _node with { ServiceNetworks = changes.ServiceNetworks };
        if (changes.Node is { } seen)
        {
            _node = _node with { Zone = seen.Zone, Addresses = seen.Addresses };
        }

        foreach (var snapshot in changes.Services)
        {
            _snapshots[snapshot.Name] = snapshot;
        }

        var result = _planner.Plan(changes.Services, _node);
        Apply(result.Plans);
        return [.. result.Problems.Select(problem => problem.ToString())];
    }

    private void Apply(IReadOnlyList<ServicePlan> plans)
    {
        foreach (var plan in plans)
        {
            _plans[plan.Name] = plan;
        }

        _maps.Apply(plans, _node, _options);
    }
}
