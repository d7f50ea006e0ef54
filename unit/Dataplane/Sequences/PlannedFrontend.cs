using System.Globalization;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>What a plan says of one address.</summary>
internal sealed class PlannedFrontend(ServicePortPlan port, Frontend frontend)
{
    private readonly BackendSet _inside = port.Sets.Single(set => set.Policy == frontend.Internal);
    private readonly BackendSet _outside = port.Sets.Single(set => set.Policy == frontend.External);

    /// <summary>What clients from outside get, slot by slot.</summary>
    internal string Outside => TextOf(_outside);

    private bool HasBackends => !_inside.Backends.IsEmpty && !_outside.Backends.IsEmpty;

    private bool IsRestricted => frontend.Kind == FrontendKind.LoadBalancerIP && !port.SourceRanges.IsEmpty;

    /// <summary>Whether a client of the node with this address may get this.</summary>
    internal bool Allows(IpAddress client, string answer)
    {
        if (IsRestricted && !port.SourceRanges.Any(range => range.Contains(client)))
        {
            return answer == "drop";
        }

        return _inside.Backends.IsEmpty
            ? answer == TextOf(_inside)
            : _inside.Backends.Any(backend => backend.ToString() == answer);
    }

    /// <summary>
    /// What is met where a plan follows this one and not all of it is written: the sets of the service port are new first, then its frontends are.
    /// Whoever one of the two plans lets in may come in, and who had backends and will have some has some.
    /// </summary>
    /// <param name="next">The next plan of the Service.</param>
    /// <param name="then">What it says of the address; null for nothing.</param>
    internal IEnumerable<PlannedFrontend> Until(ServicePlan next, PlannedFrontend? then)
    {
        if (next.Ports.FirstOrDefault(one => one.PortName == port.PortName && one.Protocol == port.Protocol) is not { } after)
        {
            return [];
        }

        var admitted = port.SourceRanges.Concat(after.SourceRanges).ToList();
        PlannedFrontend?[] all = [this, then, With(after.Sets)];
        return
        [
            .. from met in all.OfType<PlannedFrontend>()
               where met.HasBackends || !HasBackends || then?.HasBackends is not true
               from ranges in new[] { port.SourceRanges, after.SourceRanges, [.. admitted] }
               select met.For(ranges),
        ];
    }

    public override string ToString() => $"{string.Join(' ', _inside.Backends)} | {Outside} | from {string.Join(' ', port.SourceRanges)}";

    // A set that the next plan does not have stays until no frontend names it.
    private PlannedFrontend With(ValueArray<BackendSet> sets) =>
        new(port with { Sets = [.. sets, .. port.Sets.Where(old => !sets.Any(set => set.Policy == old.Policy))] }, frontend);

    private PlannedFrontend For(ValueArray<IpNetwork> ranges) => new(port with { SourceRanges = ranges }, frontend);

    private static string TextOf(BackendSet set) => set.SlotCount == 0
        ? set.IfEmpty.ToString().ToLower(CultureInfo.InvariantCulture)
        : string.Join(' ', Enumerable.Range(0, set.SlotCount).Select(slot => set.Backends[set.BackendAt(slot)]));
}
