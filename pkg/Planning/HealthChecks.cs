using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What <c>healthCheckNodePort</c> answers, so that a load balancer sends to nodes that have endpoints (behaviour 7.2).</summary>
internal static class HealthChecks
{
    /// <summary>Whether the Service is to have one: a load balancer that must not send to a node without endpoints.</summary>
    public static bool AreWanted(Service service) =>
        service is { Type: ServiceType.LoadBalancer, ExternalTrafficPolicy: TrafficPolicy.Local };

    /// <summary>One for each family in which the Service has a cluster IP.</summary>
    public static ValueArray<HealthCheck> Of(ServiceSnapshot snapshot, SliceWeights? weights, NodeConfig node)
    {
        if (snapshot.Service is not { HealthCheckNodePort: not 0 } service || !AreWanted(service))
        {
            return default;
        }

        var checks = new List<HealthCheck>();
        foreach (var family in node.Families)
        {
            if (ServiceAddresses.Of(service, family, node) is not null)
            {
                checks.Add(new HealthCheck(family, service.HealthCheckNodePort, CountLocal(snapshot.Slices, weights, family, node)));
            }
        }

        return [.. checks];
    }

    // Ports that the Service does not have count too, as they do for kube-proxy.
    private static int CountLocal(ValueArray<EndpointSlice> slices, SliceWeights? weights, IpFamily family, NodeConfig node)
    {
        var local = new HashSet<IpAddress>();
        var ports = PortsOf(slices, family);
        var joins = new SliceJoins(slices, ports.Count);
        var most = EndpointShare.OfAll(slices, family, ports.Count, node);
        foreach (var port in ports)
        {
            using var endpoints = EndpointTable.Of(joins, weights, family, port, most);
            for (var i = 0; i < endpoints.Count; i++)
            {
                if (endpoints.IsReady(i) && BackendSelection.IsLocal(endpoints.EndpointAt(i), node))
                {
                    local.Add(endpoints.EndpointAt(i).Ip);
                }
            }
        }

        return local.Count;
    }

    private static HashSet<ServicePort> PortsOf(ValueArray<EndpointSlice> slices, IpFamily family)
    {
        var ports = new HashSet<ServicePort>();
        foreach (var slice in slices)
        {
            foreach (var port in slice.Ports)
            {
                if (slice.Family == family)
                {
                    ports.Add(new ServicePort(port.Name, port.Protocol, Port: 0));
                }
            }
        }

        return ports;
    }
}
