using KubeProxyNext.Bench;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Laboratory;

var report = new Report();
return await ConsoleRun.RunAsync(RunAsync, report);

Task<bool> RunAsync(CancellationToken cancellation)
{
    if (args is not ([] or ["--quick"]))
    {
        throw new UsageException("usage: bench [--quick]");
    }

    var isQuick = args is ["--quick"] || Environment.GetEnvironmentVariable("QUICK") is "1";
    var only = Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } part ? part : null;
    if (only is not null && !BenchRun.Parts.Contains(only))
    {
        throw new UsageException($"ONLY must be {string.Join(", ", BenchRun.Parts)}, not '{only}'");
    }

    var run = new BenchRun(report, isQuick ? Effort.Quick : Effort.Full, TimeProvider.System, only);
    return run.RunAsync(Path.Combine(Binary.RepositoryRoot, "out", "bench.json"), cancellation);
}
