using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Finds what is wrong with what the cluster says of one Service.</summary>
internal static class ServiceProblems
{
    // Each is a line, and an event perhaps: who makes thousands of mistakes does not get to fill the log with them.
    private const int Most = 20;

    // Of what somebody wrote so much is said that it can be found.
    private const int LongestText = 200;

    /// <summary>All there are now, whoever has heard of them before; of very many the first.</summary>
    public static IReadOnlyCollection<PlanningProblem> Of(ServiceSnapshot snapshot, NodeConfig node, ClaimTable claims)
    {
        if (snapshot.Service is not { Type: not ServiceType.ExternalName } service)
        {
            return [];
        }

        PlanningProblem[] problems =
        [
            .. InOptions(service)
                .Concat(ShareProblems.Of(snapshot, service, node))
                .Concat(InWeights(service, snapshot.Slices))
                .Concat(InAddresses(service, node))
                .Concat(ListedTwice(service, node))
                .Concat(Taken(service, node, claims))
                .Concat(InHealthChecks(service))
                .Take(Most + 1),
        ];
        return problems.Length <= Most ? problems : [.. problems[..Most], Problem(service, PlanningProblemKind.MoreProblems, "")];
    }

    internal static PlanningProblem Problem(Service service, PlanningProblemKind kind, string where, string what = "") =>
        new(kind, service.Name, where, what.Length <= LongestText ? what : $"{what[..LongestText]}...") { Uid = service.Uid };

    private static IEnumerable<PlanningProblem> InOptions(Service service)
    {
        if (ServiceOptions.FindAlgorithm(service) is { } algorithm && !ServiceOptions.TryParseAlgorithm(algorithm, out _))
        {
            yield return Problem(service, PlanningProblemKind.UnknownAlgorithm, ServiceOptions.AlgorithmKey, algorithm);
        }

        if (ServiceOptions.FindOnRemoval(service) is { } onRemoval && onRemoval != ServiceOptions.Reset)
        {
            yield return Problem(service, PlanningProblemKind.UnknownOnRemoval, ServiceOptions.OnRemovalKey, onRemoval);
        }
    }

    private static IEnumerable<PlanningProblem> InHealthChecks(Service service) => HealthChecks.AreWanted(service) && service.HealthCheckNodePort == 0
        ? [Problem(service, PlanningProblemKind.NoHealthCheckPort, "healthCheckNodePort")]
        : [];

    private static IEnumerable<PlanningProblem> InWeights(Service service, ValueArray<EndpointSlice> slices)
    {
        foreach (var slice in slices.AsEnumerable())
        {
            if (Annotation.Find(slice.Annotations, SliceWeights.Key) is { } text)
            {
                var broken = new List<string>();
                SliceWeights.Parse(text, broken);
                foreach (var entry in broken)
                {
                    yield return Problem(service, PlanningProblemKind.BrokenWeight, slice.Name.ToString(), entry);
                }
            }
        }
    }

    private static IEnumerable<PlanningProblem> InAddresses(Service service, NodeConfig node) =>
        from family in node.Families
        let clusterIP = service.ClusterIP(family)
        where clusterIP is not null
        from problem in Special(service, clusterIP.Value, family).Concat(Forbidden(service, family, node))
        select problem;

    private static IEnumerable<PlanningProblem> Special(Service service, IpAddress clusterIP, IpFamily family) =>
        from ip in service.LoadBalancerIPs.Prepend(clusterIP).Concat(service.ExternalIPs)
        where ip.Family == family && ServiceAddresses.IsSpecial(ip)
        select Problem(service, PlanningProblemKind.SpecialAddress, ip.ToString());

    // What is the Service's by another right is not missed.
    private static IEnumerable<PlanningProblem> Forbidden(Service service, IpFamily family, NodeConfig node)
    {
        foreach (var ip in service.ExternalIPs.AsEnumerable())
        {
            if (ip.Family != family || ServiceAddresses.IsSpecial(ip) || ip == service.ClusterIP(family) || service.LoadBalancerIPs.Contains(ip))
            {
                continue;
            }

            if (ExternalIPs.FaultOf(ip, node) is { } kind)
            {
                yield return Problem(service, kind, ip.ToString(), string.Join(',', node.ExternalIPNetworks));
            }
            else if (ExternalIPs.FindApiServer(ip, service, node) is { } address)
            {
                yield return Problem(service, PlanningProblemKind.ApiServerAddress, address.ToString());
            }
        }
    }

    private static IEnumerable<PlanningProblem> ListedTwice(Service service, NodeConfig node)
    {
        if (PortRepeats.Of(service) is not { } repeats)
        {
            yield break;
        }

        for (var p = 1; p < service.Ports.Count; p++)
        {
            if (!repeats.IsPort(p) && !repeats.IsNodePort(p))
            {
                continue;
            }

            foreach (var address in FrontendsOf(service, p, repeats.IsPort(p), node))
            {
                yield return Problem(service, PlanningProblemKind.PortListedTwice, address.ToString());
            }
        }
    }

    // Those that a port does not get: of the virtual IPs, or at its NodePort.
    private static IEnumerable<FrontendAddress> FrontendsOf(Service service, int place, bool ofVirtualIPs, NodeConfig node)
    {
        var port = service.Ports[place];
        return node.Families.Select(family => ServiceAddresses.Of(service, family, node)).OfType<ServiceAddresses>().SelectMany(addresses => ofVirtualIPs
            ? addresses.VirtualIPs.Select(vip => new FrontendAddress(vip.Ip, port.Port, port.Protocol))
            : [PortFrontends.NodePortAddress(addresses.Family, port)]);
    }

    // Who shares a cluster IP shares what is refused there: nothing that would be missed.
    private static IEnumerable<PlanningProblem> Taken(Service service, NodeConfig node, ClaimTable claims) => !claims.HasConflicts
        ? []
        : from port in PortFrontends.Of(service, node)
          from frontend in port.Frontends
          where frontend.Kind != FrontendKind.ClusterIPRest
          let owner = claims.OwnerOf(frontend.Address)
          where owner != service.Name
          select Problem(service, PlanningProblemKind.AddressTaken, frontend.Address.ToString(), $"{owner}");
}
