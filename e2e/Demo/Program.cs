using System.Runtime.InteropServices;
using KubeProxyNext.Demo;
using KubeProxyNext.Laboratory;

const int fine = 0, wrong = 1, badUsage = 2, interrupted = 130;

var report = Report.ToOutput();
using var interruption = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
try
{
    return args switch
    {
        [] => await DemoRun.ShowAsync(report, Environment.GetEnvironmentVariable("KEEP") is "1", interruption.Token) ? fine : wrong,
        ["--keep"] => await DemoRun.ShowAsync(report, keep: true, interruption.Token) ? fine : wrong,
        ["--remove"] => await DemoRun.RemoveAsync(report, interruption.Token),
        _ => Usage(),
    };
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

int Usage()
{
    report.Error("usage: demo [--keep | --remove]");
    return badUsage;
}
