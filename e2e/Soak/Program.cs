using System.Runtime.InteropServices;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Soak;

const int fine = 0, wrong = 1, badUsage = 2, interrupted = 130;

var report = Report.ToOutput();
using var interruption = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
try
{
    var options = SoakOptions.FromEnvironment();
    report.Say($"{options}");
    var result = await SoakRun.RunAsync(options, report.Say, interruption.Token);
    report.Show(result);
    return result.IsGood ? fine : wrong;
}
catch (FormatException e)
{
    report.Error(e.Message);
    return badUsage;
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
