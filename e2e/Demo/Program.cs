using KubeProxyNext.Demo;
using KubeProxyNext.Laboratory;

var report = new Report();
return await ConsoleRun.RunAsync(RunAsync, report);

Task<bool> RunAsync(CancellationToken cancellation) => args switch
{
    [] => DemoRun.ShowAsync(report, Environment.GetEnvironmentVariable("KEEP") is "1", cancellation),
    ["--keep"] => DemoRun.ShowAsync(report, keep: true, cancellation),
    ["--remove"] => DemoRun.RemoveAsync(report, cancellation),
    _ => throw new UsageException("usage: demo [--keep | --remove]"),
};
