using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Finds what a Service does not get because it asks for more than its share of the maps.</summary>
internal static class ShareProblems
{
    public static IEnumerable<PlanningProblem> Of(ServiceSnapshot snapshot, Service service, NodeConfig node)
    {
        foreach (var family in node.Families.AsEnumerable())
        {
            if (ServiceAddresses.Of(service, family, node) is not { } addresses)
            {
                continue;
            }

            if (PortFrontends.CountLeftOut(service, addresses, node) is > 0 and var leftOut)
            {
                yield return Problem(PlanningProblemKind.TooManyPorts, family, $"{leftOut}");
            }

            if (EndpointShare.Of(service, snapshot.Slices, family, node) is < int.MaxValue and var most)
            {
                yield return Problem(PlanningProblemKind.TooManyEndpoints, family, $"{most}");
            }

            if (SourceRanges.MostOf(service, node) is var ranges && service.LoadBalancerSourceRanges.Count(network => network.Family == family) > ranges)
            {
                yield return Problem(PlanningProblemKind.TooManySourceRanges, family, $"{ranges}");
            }

            if (IsLevelled(snapshot, service, family, node))
            {
                yield return Problem(PlanningProblemKind.TooManySlots, family, "");
            }
        }

        PlanningProblem Problem(PlanningProblemKind kind, IpFamily family, string what) => ServiceProblems.Problem(service, kind, $"{family}", what);
    }

    // Few Services could be, and to know of one it has to be planned.
    private static bool IsLevelled(ServiceSnapshot snapshot, Service service, IpFamily family, NodeConfig node)
    {
        var weights = SliceWeights.Of(snapshot.Slices);
        var most = ServiceOptions.Of(service).Algorithm == BalancingAlgorithm.Maglev ? node.MaglevTableSize
            : weights is null ? 0
            : Layouts.WeightedLayout.MaxSlots;
        if (2L * most * service.Ports.Count <= node.Share.Slots)
        {
            return false;
        }

        var planner = new PortPlanner(snapshot, service, weights, family, node);
        planner.Plan([.. PortFrontends.Of(service, family, node)]);
        return planner.IsLevel;
    }
}
