using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// What this node is to do for one Service, from nothing but what the cluster says of it. Other Services that claim the same
/// address are not its business: that is for <see cref="Planner"/>.
/// </summary>
public static class ServicePlanner
{
    /// <summary>Plans one Service. The same arguments always give the same plan; it never throws, whatever the cluster says.</summary>
    /// <returns>A plan without ports where the Service is gone or has nothing to be programmed (behaviour 1.2).</returns>
    public static ServicePlan Plan(ServiceSnapshot snapshot, NodeConfig node)
    {
        if (snapshot.Service is not { } service)
        {
            return new ServicePlan(snapshot.Name, default);
        }

        var plans = new List<ServicePortPlan>(service.Ports.Count * node.Families.Count);
        foreach (var port in PortFrontends.Of(service, node.Families))
        {
            plans.Add(PlanPort(port, service, snapshot.Slices, node));
        }

        return new ServicePlan(snapshot.Name, ValueArray.Create<ServicePortPlan>(CollectionsMarshal.AsSpan(plans)));
    }

    private static ServicePortPlan PlanPort(
        in PortFrontends port, Service service, ValueArray<EndpointSlice> slices, NodeConfig node)
    {
        using var endpoints = EndpointTable.Of(slices, port.Family, port.Port);
        var set = BackendSelection.Select(endpoints, service.InternalTrafficPolicy, node);
        return new ServicePortPlan(port.Port.Name, port.Port.Protocol, port.Family, port.Frontends, [set])
        {
            AffinityTimeout = service.AffinityTimeout,
        };
    }
}
