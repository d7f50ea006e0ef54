using System.Globalization;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>The API server with a large cluster in it, as a process of its own.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly LabProcess _process;

    private ApiFixture(LabProcess process, BulkLoad load, string kubeConfig) => (_process, Load, KubeConfig) = (process, load, kubeConfig);

    public BulkLoad Load { get; }

    /// <summary>The path of a kubeconfig for it.</summary>
    public string KubeConfig { get; }

    public static async Task<ApiFixture> StartAsync(BenchLab lab, BulkLoad load)
    {
        var kubeConfig = $"{lab.Lab.StateFolder}/kubeconfig-{load.Services}";
        var program = Path.Combine(AppContext.BaseDirectory, "KubeProxyNext.ApiServerHost.dll");
        var process = lab.Api.Aside("api").Start(
            "dotnet", program, "--services", $"{load.Services}", "--endpoints", $"{load.EndpointsPerService}",
            "--address", lab.Api.IPv4, "--write-kubeconfig", kubeConfig);
        await process.Output.WaitForAsync("listening", Patience);
        return new(process, load, kubeConfig);
    }

    /// <summary>Has events told from now on.</summary>
    public Task TellEventsAsync(bool on) => DoAsync($"events {(on ? "on" : "off")}");

    /// <summary>Changes the slice of one Service.</summary>
    /// <returns>When its event was about to be written to the wire, in nanoseconds of CLOCK_MONOTONIC.</returns>
    public async Task<long> TouchAsync(int service, CancellationToken cancellation)
    {
        var key = BulkLoad.SliceKey(service);
        var from = _process.Output.Count;
        await _process.WriteAsync($"touch-slice {key}\n");
        var line = await _process.Output.WaitForAsync($"event MODIFIED endpointslices {key} ", Patience, from, cancellation);
        return long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Changes slices in turn, so many a second; what the server said at the end.</summary>
    public Task<string> ChurnAsync(int perSecond, int seconds, CancellationToken cancellation) =>
        DoAsync($"churn {perSecond} {seconds}", cancellation);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<string> DoAsync(string command, CancellationToken cancellation = default)
    {
        var from = _process.Output.Count;
        await _process.WriteAsync($"{command}\n");
        var answer = await _process.Output.WaitForAsync("", Patience, from, cancellation);
        return answer.StartsWith(command.Split(' ')[0], StringComparison.Ordinal) ? answer : throw new LabException($"{command}: {answer}");
    }
}
