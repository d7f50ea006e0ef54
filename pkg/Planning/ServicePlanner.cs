using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// What this node is to do for one Service, from nothing but what the cluster says of it. Which of its addresses belong to
/// other Services that claim them too is for <see cref="Planner"/> to say.
/// </summary>
public static class ServicePlanner
{
    /// <summary>Plans one Service as if it were alone. The same arguments always give the same plan; it never throws, whatever the cluster says.</summary>
    /// <returns>A plan without ports where the Service is gone or has nothing to be programmed (behaviour 1.2).</returns>
    public static ServicePlan Plan(ServiceSnapshot snapshot, NodeConfig node) => Plan(snapshot, node, claims: null);

    /// <summary>Plans one Service without the addresses that others have, as <paramref name="claims"/> says; null where nobody disputes any.</summary>
    internal static ServicePlan Plan(ServiceSnapshot snapshot, NodeConfig node, ClaimTable? claims)
    {
        if (snapshot.Service is not { } service)
        {
            return new ServicePlan(snapshot.Name, default);
        }

        var weights = SliceWeights.Of(snapshot.Slices);
        var plans = new List<ServicePortPlan>(service.Ports.Count * node.Families.Count);
        foreach (var family in node.Families)
        {
            var ports = Owned(service, PortFrontends.Of(service, family, node), claims);
            if (ports.Count > 0)
            {
                plans.AddRange(new PortPlanner(snapshot, service, weights, family, node).Plan(ports));
            }
        }

        return new ServicePlan(snapshot.Name, ValueArray.Create<ServicePortPlan>(CollectionsMarshal.AsSpan(plans)))
        {
            HealthChecks = HealthChecks.Of(snapshot, weights, node),
        };
    }

    private static List<PortFrontends> Owned(Service service, IEnumerable<PortFrontends> ports, ClaimTable? claims)
    {
        var owned = new List<PortFrontends>(service.Ports.Count);
        foreach (var port in ports)
        {
            var frontends = claims is null ? port.Frontends : claims.OwnedBy(service.Name, port.Frontends);
            if (!frontends.IsEmpty)
            {
                owned.Add(port with { Frontends = frontends });
            }
        }

        return owned;
    }
}
