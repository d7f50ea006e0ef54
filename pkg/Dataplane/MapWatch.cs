using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext.Dataplane;

/// <summary>Watches whether maps are large enough, those too that programs alone write.</summary>
/// <param name="flows">Who counts those; null where there are none.</param>
public sealed class MapWatch(Dataplane dataplane, MapGrowth growth, FlowSweeper? flows, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>What is to take the place of the maps; null while they are large enough. Any thread may read it.</summary>
    public MapCapacities? Wanted { get; private set; }

    /// <summary>Whether the maps are to be larger ones, for what is in force or for what could not be put in force.</summary>
    public bool IsOutgrown(IReadOnlyList<ApplyFailure> failures)
    {
        Wanted ??= growth.Next(dataplane.Capacities, [.. dataplane.ReadMaps(), .. failures.Where(failure => failure.Error is MapFullException)
            .GroupBy(failure => failure.Family).SelectMany(refused => dataplane.UseWith(refused.Key, [.. refused]))]);
        return Wanted is not null;
    }

    /// <summary>Ends when the maps are to be larger ones for what programs write.</summary>
    /// <param name="ready">What has to be complete first.</param>
    /// <param name="cancellationToken">Ends it, too.</param>
    public async Task RunAsync(Task ready, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Period, time);
        while (Wanted is null && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            Wanted ??= growth.Next(dataplane.Capacities, [.. Count(), .. flows?.Use ?? []]);
        }
    }

    // Where the kernel cannot count that fast (before 5.13), these maps stay as large as they are.
    private IReadOnlyList<MapUse> Count()
    {
        try
        {
            return [.. dataplane.CountMaps()];
        }
        catch (BpfException)
        {
            return [];
        }
    }
}
