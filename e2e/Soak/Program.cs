using System.Runtime.Versioning;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Soak;

[assembly: SupportedOSPlatform("linux")]

var report = new Report();
return await ConsoleRun.RunAsync(RunAsync, report);

async Task<bool> RunAsync(CancellationToken cancellation)
{
    var options = SoakOptions.FromEnvironment();
    report.Say($"{options}");
    var result = await SoakRun.RunAsync(options, report.Say, cancellation);
    report.Show(result);
    cancellation.ThrowIfCancellationRequested();
    return result.IsGood;
}
