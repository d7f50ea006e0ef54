using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.NodePorts;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Bench.Sections;
using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench;

/// <summary>All measurements of one run, in turn. One that cannot be made does not keep the others from being made.</summary>
/// <param name="only">The one of <see cref="Parts"/> that is wanted; null for all.</param>
internal sealed class BenchRun(Report report, Effort effort, TimeProvider time, string? only)
{
    private const string Sockets = "sockets", OneDaemon = "daemon", Programs = "packets", FromOutside = "nodeports";

    private readonly List<Figure> _figures = [];
    private readonly List<string> _notMeasured = [];

    /// <summary>What can be wanted alone.</summary>
    public static IReadOnlyList<string> Parts { get; } = [Sockets, OneDaemon, Programs, FromOutside];

    /// <summary>Measures, shows the table and writes the file.</summary>
    /// <returns>Whether everything could be measured.</returns>
    public async Task<bool> RunAsync(string file, CancellationToken cancellation)
    {
        var machine = Machine.Describe(time);
        report.Say(machine.ToString());
        await MeasurePartAsync(Sockets, () => InLaboratoryAsync(MeasureSocketsAsync, cancellation));
        await MeasurePartAsync(OneDaemon, () => InLaboratoryAsync(MeasureDaemonAsync, cancellation));
        await MeasurePartAsync(Programs, () => MeasureAsync("packet programs", () => PacketCosts.MeasureAsync(effort, cancellation)));
        await MeasurePartAsync(FromOutside, () => MeasureNodePortsAsync(cancellation));
        report.Show(_figures);
        _notMeasured.ForEach(report.Error);
        ResultFile.From(machine, effort == Effort.Quick, _figures, _notMeasured).Write(file);
        report.Verdict(_figures, file);
        return _notMeasured.Count == 0;
    }

    private Task MeasurePartAsync(string part, Func<Task> measure) => only is null || only == part ? measure() : Task.CompletedTask;

    private static async Task InLaboratoryAsync(Func<BenchLab, CancellationToken, Task> measure, CancellationToken cancellation)
    {
        await using var lab = await BenchLab.BuildAsync(cancellation);
        await measure(lab, cancellation);
    }

    private Task MeasureSocketsAsync(BenchLab lab, CancellationToken cancellation) => TryAsync("clients and servers", async () =>
    {
        await using var bench = await SocketBench.BuildAsync(lab);
        await MeasureAsync("TCP connections", () => ConnectionRates.MeasureAsync(bench, effort, cancellation));
        await MeasureAsync("rules of a Service", () => RuleCosts.MeasureAsync(bench, effort, cancellation));
        await MeasureAsync("program times", () => ProgramTimes.MeasureAsync(bench, effort, cancellation));
        await MeasureAsync("UDP sockets", () => DatagramSockets.MeasureAsync(bench, effort, cancellation));
        await MeasureAsync("rules of kube-proxy's shape", () => RuleSets.MeasureAsync(lab, bench, effort, cancellation));
    });

    private async Task MeasureDaemonAsync(BenchLab lab, CancellationToken cancellation)
    {
        var steady = new SteadyState(lab, effort, time);
        await MeasureAsync("start with 10,000 Services", () => StartUp.MeasureAsync(lab, 10_000, effort.Starts, cancellation));
        await MeasureAsync(
            "start with 100,000 Services", () => StartUp.MeasureAsync(lab, LargeCluster.Services, effort.LargeStarts, cancellation));
        await MeasureAsync("memory with 10 Services", () => steady.MeasureSmallAsync(cancellation));
        await MeasureAsync("memory, changes and churn with 10,000 Services", () => steady.MeasureLargeAsync(cancellation));
    }

    private Task MeasureNodePortsAsync(CancellationToken cancellation) => TryAsync("clients outside", async () =>
    {
        await using var lab = await NodePortLab.BuildAsync(cancellation);
        await MeasureAsync("connections to NodePorts", () => NodePortRates.ConnectionsAsync(lab, effort, cancellation));
        await MeasureAsync("throughput by NodePorts", () => NodePortRates.ThroughputAsync(lab, effort, cancellation));
    });

    private Task MeasureAsync(string what, Func<Task<IEnumerable<Figure>>> measure) => TryAsync(what, async () =>
    {
        var start = time.GetTimestamp();
        _figures.AddRange(await measure());
        report.Say($"{what}: {time.GetElapsedTime(start).TotalSeconds:f1} s");
    });

    private async Task TryAsync(string what, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (Exception error) when (error is LabException or BpfException or IOException)
        {
            report.Error($"{what}: {error.Message}");
            _notMeasured.Add($"not measured: {what}: {error.Message.Split('\n')[0]}");
        }
    }
}
