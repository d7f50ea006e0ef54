using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Tools;

internal static class ToolsExtensions
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a command that must succeed, and returns its output.</summary>
    /// <exception cref="LabException">It did not.</exception>
    public static async Task<string> RunAsync(this ITools tools, ToolCall call, CancellationToken cancellation) =>
        (await tools.TryAsync(call, cancellation)).MustSucceed();

    /// <summary>Runs a command again and again until it leaves what is wanted.</summary>
    /// <returns>What it left last, wanted or not, and how often it was run.</returns>
    public static async Task<(ProcessResult Last, int Tries)> TryUntilAsync(
        this ITools tools, ToolCall call, Func<ProcessResult, bool> wanted, TimeSpan within, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(within);
        for (var tries = 1; ; tries++)
        {
            var last = await tools.TryAsync(call, cancellation);
            if (wanted(last) || deadline.IsCancellationRequested)
            {
                return (last, tries);
            }

            await Task.Delay(Pause, cancellation);
        }
    }
}
