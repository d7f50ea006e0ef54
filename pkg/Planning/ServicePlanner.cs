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
        foreach (var port in PortFrontends.Of(service, node))
        {
            var frontends = claims is null ? port.Frontends : claims.OwnedBy(service.Name, port.Frontends);
            if (!frontends.IsEmpty)
            {
                plans.Add(PlanPort(port with { Frontends = frontends }, snapshot, weights, node));
            }
        }

        return new ServicePlan(snapshot.Name, ValueArray.Create<ServicePortPlan>(CollectionsMarshal.AsSpan(plans)))
        {
            HealthChecks = HealthChecks.Of(snapshot, weights, node),
        };
    }

    private static ServicePortPlan PlanPort(in PortFrontends port, ServiceSnapshot snapshot, SliceWeights? weights, NodeConfig node)
    {
        var service = snapshot.Service!;
        var options = ServiceOptions.Of(service);
        var destroysSockets = options.DestroysSockets(port.Port.Protocol);
        var ranges = HasLoadBalancerIP(port.Frontends) ? SourceRanges.Of(service, port.Family, node) : default;
        using var endpoints = EndpointTable.Of(snapshot.Slices, weights, port.Family, port.Port);
        var sets = SetsOf(port.Frontends, endpoints, options.Algorithm, node);
        return new ServicePortPlan(port.Port.Name, port.Port.Protocol, port.Family, port.Frontends, sets)
        {
            AffinityTimeout = service.AffinityTimeout,
            Algorithm = options.Algorithm,
            DestroysSockets = destroysSockets,
            Retained = destroysSockets ? Retention.Of(endpoints, sets, node) : default,
            SourceRanges = ranges.Networks,
            AdmitsNode = ranges.AdmitsNode,
        };
    }

    private static ValueArray<BackendSet> SetsOf(
        ValueArray<Frontend> frontends, in EndpointTable endpoints, BalancingAlgorithm algorithm, NodeConfig node)
    {
        var (isCluster, isLocal) = (false, false);
        foreach (var frontend in frontends)
        {
            isCluster |= frontend.Internal == TrafficPolicy.Cluster || frontend.External == TrafficPolicy.Cluster;
            isLocal |= frontend.Internal == TrafficPolicy.Local || frontend.External == TrafficPolicy.Local;
        }

        return (isCluster, isLocal) switch
        {
            (true, false) => [BackendSelection.Select(endpoints, TrafficPolicy.Cluster, node, algorithm)],
            (false, _) => [BackendSelection.Select(endpoints, TrafficPolicy.Local, node, algorithm)],
            _ =>
            [
                BackendSelection.Select(endpoints, TrafficPolicy.Cluster, node, algorithm),
                BackendSelection.Select(endpoints, TrafficPolicy.Local, node, algorithm),
            ],
        };
    }

    private static bool HasLoadBalancerIP(ValueArray<Frontend> frontends)
    {
        foreach (var frontend in frontends)
        {
            if (frontend.Kind == FrontendKind.LoadBalancerIP)
            {
                return true;
            }
        }

        return false;
    }
}
