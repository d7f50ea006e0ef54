using System.Runtime.InteropServices;
using KubeProxyNext.Bench;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Laboratory;

const int fine = 0, wrong = 1, badUsage = 2, interrupted = 130;

var report = Report.ToOutput();
using var interruption = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
if (args is not ([] or ["--quick"]))
{
    report.Error("usage: bench [--quick]");
    return badUsage;
}

try
{
    var isQuick = args is ["--quick"] || Environment.GetEnvironmentVariable("QUICK") is "1";
    var only = Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } part ? part : null;
    var run = new BenchRun(report, isQuick ? Effort.Quick : Effort.Full, TimeProvider.System, only);
    return await run.RunAsync(Path.Combine(Binary.RepositoryRoot, "out", "bench.json"), interruption.Token) ? fine : wrong;
}
catch (OperationCanceledException)
{
    report.Error("Interrupted; everything is removed.");
    return interrupted;
}
catch (LabException e)
{
    report.Error(e.Message);
    return wrong;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    interruption.Cancel();
}
