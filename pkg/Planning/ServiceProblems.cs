using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Finds what is wrong with what the cluster says of one Service.</summary>
internal static class ServiceProblems
{
    /// <summary>All there are now, whoever has heard of them before.</summary>
    public static IReadOnlyCollection<PlanningProblem> Of(ServiceSnapshot snapshot, NodeConfig node, ClaimTable claims)
    {
        if (snapshot.Service is not { Type: not ServiceType.ExternalName } service)
        {
            return [];
        }

        var problems = new List<PlanningProblem>();
        AddOptions(service, problems);
        AddWeights(service, snapshot.Slices, problems);
        AddAddresses(service, node, problems);
        AddTwice(service, node, problems);
        AddTaken(service, node, claims, problems);
        if (HealthChecks.AreWanted(service) && service.HealthCheckNodePort == 0)
        {
            problems.Add(Problem(service, PlanningProblemKind.NoHealthCheckPort, "healthCheckNodePort"));
        }

        return problems;
    }

    private static PlanningProblem Problem(Service service, PlanningProblemKind kind, string where, string what = "") =>
        new(kind, service.Name, where, what) { Uid = service.Uid };

    private static void AddOptions(Service service, List<PlanningProblem> problems)
    {
        if (ServiceOptions.FindAlgorithm(service) is { } algorithm && !ServiceOptions.TryParseAlgorithm(algorithm, out _))
        {
            problems.Add(Problem(service, PlanningProblemKind.UnknownAlgorithm, ServiceOptions.AlgorithmKey, algorithm));
        }

        if (ServiceOptions.FindOnRemoval(service) is { } onRemoval && onRemoval != ServiceOptions.Reset)
        {
            problems.Add(Problem(service, PlanningProblemKind.UnknownOnRemoval, ServiceOptions.OnRemovalKey, onRemoval));
        }
    }

    private static void AddWeights(Service service, ValueArray<EndpointSlice> slices, List<PlanningProblem> problems)
    {
        foreach (var slice in slices)
        {
            if (Annotation.Find(slice.Annotations, SliceWeights.Key) is { } text)
            {
                var broken = new List<string>();
                SliceWeights.Parse(text, broken);
                problems.AddRange(broken.Select(
                    entry => Problem(service, PlanningProblemKind.BrokenWeight, slice.Name.ToString(), entry)));
            }
        }
    }

    private static void AddAddresses(Service service, NodeConfig node, List<PlanningProblem> problems)
    {
        foreach (var family in node.Families)
        {
            if (service.ClusterIP(family) is { } ip)
            {
                AddSpecial(service, ip, family, problems);
                AddSpecial(service, service.LoadBalancerIPs, family, problems);
                AddSpecial(service, service.ExternalIPs, family, problems);
                AddForbidden(service, family, node, problems);
            }
        }
    }

    private static void AddSpecial(Service service, ValueArray<IpAddress> ips, IpFamily family, List<PlanningProblem> problems)
    {
        foreach (var ip in ips)
        {
            AddSpecial(service, ip, family, problems);
        }
    }

    private static void AddSpecial(Service service, IpAddress ip, IpFamily family, List<PlanningProblem> problems)
    {
        if (ip.Family == family && ServiceAddresses.IsSpecial(ip))
        {
            problems.Add(Problem(service, PlanningProblemKind.SpecialAddress, ip.ToString()));
        }
    }

    // What is the Service's by another right is not missed.
    private static void AddForbidden(Service service, IpFamily family, NodeConfig node, List<PlanningProblem> problems)
    {
        foreach (var ip in service.ExternalIPs)
        {
            if (ip.Family == family && !ServiceAddresses.IsSpecial(ip) && ip != service.ClusterIP(family) && !service.LoadBalancerIPs.Contains(ip)
                && ExternalIPs.FaultOf(ip, node) is { } kind)
            {
                problems.Add(Problem(service, kind, ip.ToString(), string.Join(',', node.ExternalIPNetworks)));
            }
        }
    }

    private static void AddTwice(Service service, NodeConfig node, List<PlanningProblem> problems)
    {
        for (var p = 1; p < service.Ports.Count; p++)
        {
            var port = service.Ports[p];
            foreach (var family in node.Families)
            {
                if (ServiceAddresses.Of(service, family, node) is not { } addresses)
                {
                    continue;
                }

                if (PortFrontends.IsListedTwice(service, p))
                {
                    problems.AddRange(addresses.VirtualIPs.Select(
                        vip => Twice(service, new FrontendAddress(vip.Ip, port.Port, port.Protocol))));
                }
                else if (port.NodePort != 0 && PortFrontends.IsNodePortListedTwice(service, p))
                {
                    problems.Add(Twice(service, PortFrontends.NodePortAddress(family, port)));
                }
            }
        }
    }

    private static PlanningProblem Twice(Service service, FrontendAddress address) =>
        Problem(service, PlanningProblemKind.PortListedTwice, address.ToString());

    // Who shares a cluster IP shares what is refused there: nothing that would be missed.
    private static void AddTaken(Service service, NodeConfig node, ClaimTable claims, List<PlanningProblem> problems)
    {
        if (claims.HasConflicts)
        {
            problems.AddRange(
                from port in PortFrontends.Of(service, node)
                from frontend in port.Frontends
                where frontend.Kind != FrontendKind.ClusterIPRest
                let owner = claims.OwnerOf(frontend.Address)
                where owner != service.Name
                select Problem(service, PlanningProblemKind.AddressTaken, frontend.Address.ToString(), $"{owner}"));
        }
    }
}
