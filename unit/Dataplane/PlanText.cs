using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What a plan says, as <see cref="MapDump"/> would write it.</summary>
internal static class PlanText
{
    internal static IEnumerable<string> Of(ServicePlan plan) => plan.Ports.SelectMany(port => port.Frontends.Select(frontend => Line(port, frontend)));

    private static string Line(ServicePortPlan port, Frontend frontend)
    {
        var (inside, outside) = (Backends(port, frontend.Internal), Backends(port, frontend.External));
        List<string> parts = [inside];
        if (outside != inside)
        {
            parts.Add($"outside: {outside}");
        }

        if (port.AffinityTimeout is { } timeout)
        {
            parts.Add($"affinity {timeout.TotalSeconds} s");
        }

        if (port.Algorithm != BalancingAlgorithm.Random)
        {
            parts.Add($"{port.Algorithm}");
        }

        if (frontend.Kind == FrontendKind.LoadBalancerIP && !port.SourceRanges.IsEmpty)
        {
            parts.Add($"from {string.Join(", ", port.SourceRanges)}{(port.AdmitsNode ? ", this node" : "")}");
        }

        return $"{frontend.Address}{(frontend.Kind == FrontendKind.ClusterIP ? "" : $" ({frontend.Kind})")} -> {string.Join(" | ", parts)}";
    }

    private static string Backends(ServicePortPlan port, TrafficPolicy policy)
    {
        var set = port.Sets.Single(set => set.Policy == policy);
        var slots = Enumerable.Range(0, set.SlotCount).Select(set.BackendAt).ToList();
        return slots.Count == 0
            ? set.IfEmpty == NoBackendVerdict.Drop ? "drop" : "reject"
            : string.Join(' ', slots.Distinct().Select(index => Backend(set.Backends[index], slots.Count(slot => slot == index))));
    }

    private static string Backend(Backend backend, int slots) =>
        $"{backend}{(backend.Weight == 1 ? "" : $" weight {backend.Weight}")}{(slots == 1 ? "" : $" in {slots} slots")}";
}
