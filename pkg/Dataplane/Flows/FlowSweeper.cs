using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeProxyNext.Bpf;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>
/// Ends flows whose time has come, in all families: every few seconds, or less often where a sweep takes long, so that all of them
/// together take a hundredth of a CPU at most; and at once where it is asked for.
/// </summary>
public sealed class FlowSweeper
{
    private const int RestAfterEach = 99;

    // What is asked for takes a tenth of a CPU at most.
    private const int LeastRestAfterEach = 9;
    private const double Full = 0.9;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<IFlowSweep> _full = [];
    private readonly ConcurrentDictionary<Model.IpFamily, MapUse> _use = [];
    private readonly Func<IReadOnlyList<IFlowSweep>> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string? _told;

    internal FlowSweeper(Func<IReadOnlyList<IFlowSweep>> open, TimeProvider time, ILogger logger) =>
        (_open, _time, _logger) = (open, time, logger);

    /// <summary>Hears how long each sweep of a family took.</summary>
    public Action<Model.IpFamily, TimeSpan>? OnSwept { get; set; }

    /// <summary>How full the tables were when they were swept last. Any thread may read it.</summary>
    internal IReadOnlyCollection<MapUse> Use => [.. _use.Values];

    /// <summary>Has a sweep begin as soon as it may. What is asked for during one is one further sweep. Any thread may call.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    /// <summary>Sweeps until it is cancelled: a sweep that is under way then ends within milliseconds.</summary>
    /// <param name="ready">What has to be complete before the first sweep.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Task ready, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<IFlowSweep> sweeps = [];
        try
        {
            while (true)
            {
                var started = _time.GetTimestamp();
                sweeps = await Task.Run(() => SweepOnce(sweeps, cancellationToken), cancellationToken).ConfigureAwait(false);
                await RestAsync(_time.GetElapsedTime(started), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var sweep in sweeps)
            {
                sweep.Dispose();
            }
        }
    }

    /// <summary>How long nothing is done after a sweep that took so long, and how long at least where one is asked for.</summary>
    internal static (TimeSpan Usual, TimeSpan Least) RestAfter(TimeSpan sweep)
    {
        var rest = sweep * RestAfterEach;
        return (rest > Period ? rest : Period, sweep * LeastRestAfterEach);
    }

    private IReadOnlyList<IFlowSweep> SweepOnce(IReadOnlyList<IFlowSweep> sweeps, CancellationToken cancellationToken)
    {
        // What is asked for from here on may have been passed by already.
        _requests.Reader.TryRead(out _);
        try
        {
            sweeps = sweeps.Count > 0 ? sweeps : _open();
            foreach (var sweep in sweeps)
            {
                var started = _time.GetTimestamp();
                Note(sweep, sweep.Run(cancellationToken));
                OnSwept?.Invoke(sweep.Family, _time.GetElapsedTime(started));
            }

            _told = null;
        }
        catch (BpfException error)
        {
            Tell(error);
        }

        return sweeps;
    }

    private async Task RestAsync(TimeSpan sweep, CancellationToken cancellationToken)
    {
        var (rest, least) = RestAfter(sweep);
        await Task.Delay(least, _time, cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(
            Task.Delay(rest - least, _time, over.Token), _requests.Reader.WaitToReadAsync(over.Token).AsTask()).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Once, until there is room again.
    private void Note(IFlowSweep sweep, FlowGauges gauges)
    {
        _use[sweep.Family] = new(sweep.Family, "flows", (int)gauges.Entries, sweep.Capacity);
        if (gauges.Entries <= sweep.Capacity * Full)
        {
            _full.Remove(sweep);
        }
        else if (_full.Add(sweep))
        {
            _logger.FlowsNearlyFull(sweep.Family, gauges.Entries, sweep.Capacity);
        }
    }

    private void Tell(BpfException error)
    {
        if (_told != error.Message)
        {
            _told = error.Message;
            _logger.FlowsNotSwept(error.Message);
        }
    }
}
