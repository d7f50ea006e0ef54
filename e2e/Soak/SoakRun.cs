using System.Diagnostics;
using System.Globalization;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>A soak from its beginning to its end: load, faults, quiet, and what is left then.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private static readonly TimeSpan UntilQuiet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UntilFull = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenNews = TimeSpan.FromSeconds(30);

    private readonly SoakOptions _options;
    private readonly Action<string> _say;
    private readonly Journal _journal = new();
    private readonly SoakCluster _cluster;
    private readonly DaemonLife _daemon;
    private readonly Churn _churn;
    private readonly ApiTrouble _trouble;
    private bool _isCutShort;

    // Each has a Random of its own, so that how they take turns does not matter.
    private SoakRun(SoakOptions options, Action<string> say, SoakCluster cluster)
    {
        (_options, _say, _cluster) = (options, say, cluster);
        _daemon = new(cluster, options, _journal, new(options.Seed));
        _churn = new(cluster, _daemon, _journal, new(options.Seed + 1));
        _trouble = new(cluster.Api, _journal, new(options.Seed + 2));
    }

    private static string JournalPath => Path.Combine(Binary.RepositoryRoot, "out", "soak", "journal");

    public static async Task<SoakResult> RunAsync(SoakOptions options, Action<string> say, CancellationToken cancellation)
    {
        await using var cluster = await SoakCluster.BuildAsync(options, cancellation);
        await using var run = new SoakRun(options, say, cluster);
        return await run.RunAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private async Task<SoakResult> RunAsync(CancellationToken cancellation)
    {
        List<string> failures = [];
        try
        {
            await TryAsync(BeginAsync, failures, cancellation);
            var start = Stopwatch.GetTimestamp();
            await TryAsync(DisturbAsync, failures, cancellation);
            await TryAsync(async cancelled => failures.AddRange(await SettleAsync(cancelled)), failures, cancellation);
            var reports = await EndAsync(failures);
            var elapsed = Stopwatch.GetElapsedTime(start);
            failures.AddRange(reports.SelectMany(one => FailuresOf(one.Crowd, one.Report)));
            await TryAsync(async cancelled => failures.AddRange(await new Leftovers(_cluster).FindAsync(cancelled)), failures, cancellation);
            if (failures.Count > 0)
            {
                failures.Add($"What was done when is in {JournalPath}; the last daemon's log:\n{_daemon.Log}");
            }

            return new(Rows(elapsed, reports), failures);
        }
        finally
        {
            _journal.Save(JournalPath);
        }
    }

    // What cuts it short is a failure, and what comes after that is left out; what was done and met until then is told all the same.
    private async Task TryAsync(Func<CancellationToken, Task> part, List<string> failures, CancellationToken cancellation)
    {
        if (_isCutShort)
        {
            return;
        }

        try
        {
            await part(cancellation);
        }
        catch (LabException error)
        {
            _isCutShort = true;
            failures.Add(error.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _isCutShort = true;
            failures.Add("interrupted");
        }
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        await _churn.BeginAsync();
        await _daemon.StartAsync(cancellation);
        await _churn.SettleAsync(UntilQuiet, cancellation);
        await Task.WhenAll(_cluster.Crowds.Select(crowd => crowd.BeginAsync()));
        await HasAllTransfersAsync(cancellation);
    }

    private async Task<IEnumerable<string>> SettleAsync(CancellationToken cancellation)
    {
        _say("Quiet: what is on its way settles, all clients go, and what is left is counted.");
        await _daemon.ReadyAsync(cancellation);
        var isSettled = await _churn.SettleAsync(UntilQuiet, cancellation);
        var unsettled = _cluster.Services.Where(service => !isSettled && service.IsChanging);
        return [.. unsettled.Select(service => $"{service.Name}: the maps do not say what the cluster says"), .. (await ReportsAsync()).SelectMany(LackingTransfers)];
    }

    // Those alone that still answer.
    private async Task<List<(Crowd Crowd, CrowdReport Report)>> EndAsync(List<string> failures)
    {
        List<(Crowd Crowd, CrowdReport Report)> reports = [];
        foreach (var crowd in _cluster.Crowds)
        {
            try
            {
                reports.Add((crowd, await crowd.EndAsync()));
            }
            catch (LabException error)
            {
                failures.Add($"{crowd.Name}: {error.Message}");
            }
        }

        return reports;
    }

    private async Task HasAllTransfersAsync(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while ((await ReportsAsync()).SelectMany(LackingTransfers).ToList() is { Count: > 0 } lacking)
        {
            if (Stopwatch.GetElapsedTime(start) > UntilFull)
            {
                throw new LabException(string.Join("; ", lacking));
            }

            await Task.Delay(100, cancellation);
        }
    }

    private Task<CrowdReport[]> ReportsAsync() => Task.WhenAll(_cluster.Crowds.Select(crowd => crowd.ReportAsync()));

    // Each was begun once, and none has ended.
    private IEnumerable<string> LackingTransfers(CrowdReport report) =>
        report["open_transfers"] == _options.Transfers / 2 && report["transfers"] >= _options.Transfers / 2
            ? []
            : [$"{report["open_transfers"]} transfers are open, {report["transfers"]} were begun"];

    private async Task DisturbAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_options.FaultCount is null)
        {
            stop.CancelAfter(TimeSpan.FromSeconds(_options.Seconds));
        }

        var trouble = _options.FaultCount is null ? _trouble.RunAsync(stop.Token) : Task.CompletedTask;
        Task[] beside = [_churn.RunAsync(stop.Token), TellNewsAsync(stop.Token), trouble];
        try
        {
            for (var count = 0; count < (_options.FaultCount ?? int.MaxValue); count++)
            {
                await _daemon.SufferAsync(NextFault(count), stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(beside);
        }
    }

    private Fault NextFault(int count) => _options switch
    {
        { Kills: > 0 } => Fault.Killed,
        { Upgrades: > 0 } => Fault.Upgraded,
        { Resizes: > 0 } => Fault.Resized,
        _ => (count % 6) switch { 2 => Fault.Stopped, 4 => Fault.Upgraded, 5 => Fault.Resized, _ => Fault.Killed },
    };

    private async Task TellNewsAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(BetweenNews, stop);
                var reports = await ReportsAsync();
                _say($"{Join(_daemon.Faults)}; {_churn.Changes} changes, {Sum(reports, "connections")} connections, "
                    + $"{reports.Sum(report => report.Failures.Sum(failure => failure.Value))} failures");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private static IEnumerable<string> FailuresOf(Crowd crowd, CrowdReport report)
    {
        string[] failures = [.. report.Failures.Select(failure => $"{crowd.Name}: {failure.Key} {failure.Value}")];
        return failures.Length == 0 ? [] : [.. failures, crowd.Failures];
    }

    private List<(string What, string Value)> Rows(TimeSpan elapsed, List<(Crowd Crowd, CrowdReport Report)> reports)
    {
        List<(string What, string Value)> rows =
        [
            ("time", $"{elapsed.TotalSeconds:0} s"),
            .. _daemon.Faults.OrderBy(fault => fault.Key).Select(fault => ($"daemon {fault.Key}".ToLowerInvariant(), $"{fault.Value}")),
            .. _trouble.Faults.Select(fault => ($"API: {fault.Key}", $"{fault.Value}")),
            ("changes of Services", Text(_churn.Changes)),
        ];
        foreach (var (crowd, report) in reports)
        {
            rows.Add((crowd.Name, ""));
            rows.AddRange(
            [
                ("  connections", $"{Text(report["connections"])}, {report["connections"] / elapsed.TotalSeconds:0} per second"),
                ("  of them refused, as they should", Text(report["none_as_allowed"])),
                ("  slowest, and those over 0.9 s", $"{report["slowest_ms"]} ms, {report["retried"]}"),
                ("  transfers", $"{report["transfers"]}, {report["bytes"] / 1e6:0} MB, each byte checked"),
                ("  longest gap of a transfer", $"{report["longest_gap_ms"]} ms"),
                ("  UDP questions; without an answer", $"{Text(report["questions"])}; {report["unanswered"]}"),
                ("  UDP sockets ended since their backend went", Text(report["ended_as_allowed"])),
                ("  failures", $"{report.Failures.Sum(failure => failure.Value)}"),
            ]);
        }

        return rows;
    }

    private static string Text(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static long Sum(CrowdReport[] reports, string name) => reports.Sum(report => report[name]);

    private static string Join(Dictionary<Fault, int> faults) =>
        string.Join(", ", faults.OrderBy(fault => fault.Key).Select(fault => $"{fault.Value} {fault.Key}".ToLowerInvariant()));
}
