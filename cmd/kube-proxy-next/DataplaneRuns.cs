using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster;
using KubeProxyNext.Dataplane;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>
/// Runs of the dataplane, one after the other: each that has outgrown its maps is followed by one with larger maps, which take the place of
/// those as maps of another build would. So growing is nothing but a start.
/// </summary>
internal sealed class DataplaneRuns(Func<DataplaneRun> create, RunOptions options, PinOwner owner, ClusterTracker tracker, ILogger log)
{
    private readonly MapGrowth _growth = new(options.Most);
    private readonly DataplaneRun _first = create();

    /// <summary>Those that run beside each run; the first one that ends is the end of all.</summary>
    internal required IReadOnlyList<Task> Others { get; init; }

    /// <summary>Completes when the first run serves.</summary>
    internal Task Ready => _first.Ready;

    /// <summary>Runs until one of the others has ended, or another process has the place.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = _growth.First(options.Usual, MapCapacities.InForce(options.Bpffs));
        var wanted = await RunAsync(_first, now, cancellationToken).ConfigureAwait(false);
        while (wanted is { } larger && owner.Keep())
        {
            log.Growing(now, larger);
            (now, wanted) = await GrowAsync(now, larger, cancellationToken).ConfigureAwait(false);
        }
    }

    // Where the kernel refuses larger maps, the next run has those of before, and none will have more.
    private async Task<(MapCapacities Now, MapCapacities? Wanted)> GrowAsync(
        MapCapacities now, MapCapacities larger, CancellationToken cancellationToken)
    {
        var run = create();
        try
        {
            return (larger, await RunAnewAsync(run, larger, cancellationToken).ConfigureAwait(false));
        }
        catch (BpfException error) when (!run.Ready.IsCompleted)
        {
            log.NotGrown(error.Message);
            _growth.Stop(now);
            return (now, await RunAnewAsync(create(), now, cancellationToken).ConfigureAwait(false));
        }
    }

    private Task<MapCapacities?> RunAnewAsync(DataplaneRun run, MapCapacities capacities, CancellationToken cancellationToken)
    {
        tracker.Rewind();
        return RunAsync(run, capacities, cancellationToken);
    }

    private Task<MapCapacities?> RunAsync(DataplaneRun run, MapCapacities capacities, CancellationToken cancellationToken) =>
        run.RunAsync(capacities, _growth, owner, Others, cancellationToken);
}
