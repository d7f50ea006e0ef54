using System.Diagnostics;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Sections;

/// <summary>What a daemon does after its start: its memory, single changes, and a thousand changes a second.</summary>
internal sealed class SteadyState(BenchLab lab, Effort effort, TimeProvider time)
{
    private const int Services = 10_000;
    private const string MemoryGroup = "resident memory, 5 s after the start";
    private const string ChangeGroup = "one EndpointSlice change, from the event on the wire to the map write, 10,000 Services";
    private const string ChurnGroup = "1,000 endpoint changes per second for a minute, 10,000 Services";

    private static readonly string[] PartsOfMemory = ["RssAnon", "RssFile", "RssShmem"];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How often the slice of each Service has been changed.</summary>
    private readonly int[] _changes = new int[Services];

    public async Task<IEnumerable<Figure>> MeasureSmallAsync(CancellationToken cancellation)
    {
        await using var api = await ApiFixture.StartAsync(lab, new BulkLoad(10));
        await using var daemon = await RunningDaemon.StartAsync(lab.Ours, api, cancellation);
        return await MemoryAsync(daemon, "10 Services", Target.AtMost(45), "59 MB nftables, 60 MB iptables with 1", cancellation);
    }

    public async Task<IEnumerable<Figure>> MeasureLargeAsync(CancellationToken cancellation)
    {
        await using var api = await ApiFixture.StartAsync(lab, new BulkLoad(Services));
        await using var daemon = await RunningDaemon.StartAsync(lab.Ours, api, cancellation);
        return
        [
            .. await MemoryAsync(daemon, "10,000 Services", Target.AtMost(80), "184 MB nftables, 189 MB iptables", cancellation),
            .. await ChangesAsync(api, daemon, cancellation),
            .. await ChurnAsync(api, daemon, cancellation),
        ];
    }

    private async Task<IEnumerable<Figure>> MemoryAsync(
        RunningDaemon daemon, string what, Target target, string peers, CancellationToken cancellation)
    {
        await Task.Delay(Settling, time, cancellation);
        return
        [
            new(MemoryGroup, what, Unit.Megabytes, ProcessFacts.Megabytes(daemon.Pid, "VmRSS")) { Target = target, Peers = peers },
            .. PartsOfMemory.Select(part =>
                new Figure(MemoryGroup, $"{what}: {part}", Unit.Megabytes, ProcessFacts.Megabytes(daemon.Pid, part))),
        ];
    }

    private async Task<IEnumerable<Figure>> ChangesAsync(ApiFixture api, RunningDaemon daemon, CancellationToken cancellation)
    {
        // A prime stride: neighbours in time are no neighbours in memory.
        const int stride = 7919;
        await api.TellEventsAsync(on: true);
        var milliseconds = new List<double>();
        for (var i = 0; i < effort.Changes; i++)
        {
            milliseconds.Add(await ChangeAsync(i * stride % Services, api, daemon, cancellation));
        }

        await api.TellEventsAsync(on: false);
        return
        [
            new(ChangeGroup, "p50", Unit.Milliseconds, Statistics.Median(milliseconds))
            {
                Target = Target.AtMost(2),
                Rounds = milliseconds,
                Peers = "5,000 ms nftables, 1,660 ms iptables, until a client can connect",
            },
            new(ChangeGroup, "p99", Unit.Milliseconds, Statistics.Percentile(milliseconds, 99)) { Target = Target.AtMost(10) },
            new(ChangeGroup, "largest", Unit.Milliseconds, milliseconds.Max()),
        ];
    }

    private async Task<double> ChangeAsync(int service, ApiFixture api, RunningDaemon daemon, CancellationToken cancellation)
    {
        var set = daemon.Maps.FindSet(daemon.Frontend(service))!.Value;
        var before = daemon.Maps.ReadSet(set);
        var seen = Task.Factory.StartNew(
            () => daemon.Maps.WaitForChange(set, before, Patience), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var written = await api.TouchAsync(service, cancellation);
        _changes[service]++;
        return (await seen - written) * 1e3 / Stopwatch.Frequency;
    }

    private async Task<IEnumerable<Figure>> ChurnAsync(ApiFixture api, RunningDaemon daemon, CancellationToken cancellation)
    {
        var processor = ProcessFacts.ProcessorSeconds(daemon.Pid);
        var start = time.GetTimestamp();
        await api.ChurnAsync(Effort.ChangesPerSecond, effort.ChurnSeconds, cancellation);
        var elapsed = time.GetElapsedTime(start).TotalSeconds;
        var share = 100 * (ProcessFacts.ProcessorSeconds(daemon.Pid) - processor) / elapsed;
        var total = Effort.ChangesPerSecond * effort.ChurnSeconds;
        for (var i = 0; i < total; i++)
        {
            _changes[i % Services]++;
        }

        var wrong = await CountWrongAsync(api.Load, daemon, cancellation);
        return
        [
            new(ChurnGroup, "Services that are not as the API server has them at the end", Unit.Count, wrong) { Target = Target.AtMost(0) },
            new(ChurnGroup, "processor time, of one core", Unit.Percent, share) { Target = Target.AtMost(15) },
            new(ChurnGroup, "changes per second that the API server managed", Unit.Count, total / elapsed),
        ];
    }

    /// <summary>What is wrong when the daemon has come to rest, or after a while.</summary>
    private async Task<int> CountWrongAsync(BulkLoad load, RunningDaemon daemon, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var wrong = daemon.CountWrong(service => load.TargetPort ^ (_changes[service] & 1));
            if (wrong == 0 || time.GetElapsedTime(start) > Patience)
            {
                return wrong;
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }
}
