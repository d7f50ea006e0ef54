using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// Plans Services as they change and settles which of them has an address that several claim (behaviour 2.5). What it plans
/// depends on the newest snapshots alone, which it keeps, not on how they came about; a change to one Service costs the same
/// however many there are. Not thread-safe.
/// </summary>
public sealed partial class Planner
{
    private readonly Dictionary<ObjectName, ServiceSnapshot> _snapshots = [];
    private readonly ClaimTable _claims = new();

    private NodeConfig? _node;

    /// <summary>Takes what changed and plans all that it affects; another <paramref name="node"/> than last time affects every Service, but other addresses of it only those with source ranges.</summary>
    /// <param name="changed">The newest state of each Service that changed.</param>
    public PlanningResult Plan(IReadOnlyList<ServiceSnapshot> changed, NodeConfig node)
    {
        var affected = new HashSet<ObjectName>(changed.Count);
        Move(node, affected);
        foreach (var snapshot in changed)
        {
            affected.Add(snapshot.Name);
            Take(snapshot, node);
        }

        var handovers = _claims.TakeHandovers();
        var plans = Handover.Order(affected, handovers).Select(name => PlanOne(name, node)).ToList();
        return new PlanningResult(plans, TakeProblems(affected, handovers, node));
    }

    private void Move(NodeConfig node, HashSet<ObjectName> affected)
    {
        var from = _node ?? node;
        _node = node;
        if (from == node)
        {
            return;
        }

        affected.UnionWith(AffectedBy(from, node));
        if (!ClaimsAreSame(from, node))
        {
            foreach (var snapshot in _snapshots.Values)
            {
                Release(snapshot.Service, from);
                Claim(snapshot.Service, node);
            }
        }
    }

    private static bool ClaimsAreSame(NodeConfig one, NodeConfig other) =>
        one.Families == other.Families && one.ServiceNetworks == other.ServiceNetworks && one.Share == other.Share
        && one.DeniesExternalIPs == other.DeniesExternalIPs && one.ExternalIPNetworks == other.ExternalIPNetworks
        && one.ApiServers == other.ApiServers;

    // Whoever claims something else than before is among them, and whoever gets or loses an address by that comes with the handovers.
    private IEnumerable<ObjectName> AffectedBy(NodeConfig from, NodeConfig to)
    {
        if (to with { Addresses = from.Addresses } == from)
        {
            return Those(service => !service.LoadBalancerSourceRanges.IsEmpty);
        }

        return to with { ApiServers = from.ApiServers } == from ? Those(service => !service.ExternalIPs.IsEmpty) : _snapshots.Keys;
    }

    private IEnumerable<ObjectName> Those(Func<Service, bool> concerned) =>
        from snapshot in _snapshots.Values
        where snapshot.Service is { } service && concerned(service)
        select snapshot.Name;

    private void Take(ServiceSnapshot snapshot, NodeConfig node)
    {
        var before = _snapshots.GetValueOrDefault(snapshot.Name)?.Service;
        if (snapshot.Service is null)
        {
            _snapshots.Remove(snapshot.Name);
        }
        else
        {
            _snapshots[snapshot.Name] = snapshot;
        }

        // Most changes are changes of endpoints, which claim nothing.
        if (before != snapshot.Service)
        {
            Release(before, node);
            Claim(snapshot.Service, node);
        }
    }

    private ServicePlan PlanOne(ObjectName name, NodeConfig node) => ServicePlanner.Plan(
        _snapshots.GetValueOrDefault(name) ?? new ServiceSnapshot(name, null, default),
        node,
        _claims.HasConflicts ? _claims : null);
}
