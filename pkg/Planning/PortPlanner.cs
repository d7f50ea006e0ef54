using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Plans the ports of a Service in one family, within its share of slots.</summary>
/// <param name="weights">Of the Service's slices; null where they say none.</param>
internal sealed class PortPlanner(ServiceSnapshot snapshot, Service service, SliceWeights? weights, IpFamily family, NodeConfig node)
{
    private readonly SliceJoins _joins = new(snapshot.Slices, service.Ports.Count);
    private readonly ServiceOptions _options = ServiceOptions.Of(service);
    private readonly int _most = EndpointShare.Of(service, snapshot.Slices, family, node);

    /// <summary>
    /// Whether each backend has one slot, whatever weights and algorithm would have: these take many slots for few backends, and there was no
    /// room for that.
    /// </summary>
    public bool IsLevel { get; private set; }

    public List<ServicePortPlan> Plan(IReadOnlyCollection<PortFrontends> ports)
    {
        var plans = new List<ServicePortPlan>(ports.Count);
        var slots = 0L;
        foreach (var port in ports)
        {
            var plan = Plan(port);
            foreach (var set in plan.Sets)
            {
                slots += set.SlotCount;
            }

            if (slots > node.Share.Slots && !IsLevel)
            {
                IsLevel = true;
                return Plan(ports);
            }

            plans.Add(plan);
        }

        return plans;
    }

    private ServicePortPlan Plan(in PortFrontends port)
    {
        var destroysSockets = _options.DestroysSockets(port.Port.Protocol);
        var ranges = HasLoadBalancerIP(port.Frontends) ? SourceRanges.Of(service, family, node) : default;
        using var endpoints = EndpointTable.Of(_joins, weights, family, port.Port, _most);
        var algorithm = IsLevel && _options.Algorithm == BalancingAlgorithm.Maglev ? BalancingAlgorithm.Random : _options.Algorithm;
        var sets = SetsOf(port.Frontends, endpoints, algorithm);
        return new ServicePortPlan(port.Port.Name, port.Port.Protocol, family, port.Frontends, sets)
        {
            AffinityTimeout = service.AffinityTimeout,
            Algorithm = algorithm,
            DestroysSockets = destroysSockets,
            Retained = destroysSockets ? Retention.Of(endpoints, sets, node) : default,
            SourceRanges = ranges.Networks,
            AdmitsNode = ranges.AdmitsNode,
        };
    }

    private ValueArray<BackendSet> SetsOf(ValueArray<Frontend> frontends, in EndpointTable endpoints, BalancingAlgorithm algorithm)
    {
        var (isCluster, isLocal) = (false, false);
        foreach (var frontend in frontends)
        {
            isCluster |= frontend.Internal == TrafficPolicy.Cluster || frontend.External == TrafficPolicy.Cluster;
            isLocal |= frontend.Internal == TrafficPolicy.Local || frontend.External == TrafficPolicy.Local;
        }

        return (isCluster, isLocal) switch
        {
            (true, false) => [BackendSelection.Select(endpoints, TrafficPolicy.Cluster, node, algorithm, IsLevel)],
            (false, _) => [BackendSelection.Select(endpoints, TrafficPolicy.Local, node, algorithm, IsLevel)],
            _ =>
            [
                BackendSelection.Select(endpoints, TrafficPolicy.Cluster, node, algorithm, IsLevel),
                BackendSelection.Select(endpoints, TrafficPolicy.Local, node, algorithm, IsLevel),
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
