using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using KubeProxyNext.ClusterChecks;

[assembly: SupportedOSPlatform("linux")]

using var interruption = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return await CommandLine.RunAsync(args, interruption.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    interruption.Cancel();
}
