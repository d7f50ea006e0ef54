using System.Text.RegularExpressions;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Checks;

/// <summary>Runs checks, and tells what was seen.</summary>
internal sealed partial class CheckRunner(ITools tools, TimeSpan patience)
{
    private static readonly TimeSpan ForOneCommand = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ForACommandBeside = TimeSpan.FromMinutes(15);

    /// <summary>A check that cannot even be made has failed.</summary>
    public async Task<Outcome> RunAsync(Check check, CancellationToken cancellation)
    {
        try
        {
            foreach (var change in check.Before)
            {
                await tools.RunAsync(change, cancellation);
            }

            var (last, tries) = check.Meanwhile.Count > 0
                ? (await RunBesideAsync(check, cancellation), 1)
                : await tools.TryUntilAsync(check.From.Run(check.Command) with { Within = ForOneCommand }, result => IsGood(check, result), patience, cancellation);
            return new(check, IsGood(check, last), Seen(last), tries);
        }
        catch (LabException error)
        {
            return new(check, false, OnOneLine(error.Message), 1);
        }
    }

    private async Task<ProcessResult> RunBesideAsync(Check check, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var command = tools.TryAsync(check.From.Run(check.Command) with { Within = ForACommandBeside }, end.Token);
        try
        {
            foreach (var call in check.Meanwhile)
            {
                await tools.RunAsync(call, cancellation);
            }
        }
        catch
        {
            await end.CancelAsync();
            await command.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return await command;
    }

    private static bool IsGood(Check check, ProcessResult result) => Regex.IsMatch(Seen(result), $@"\A(?:{check.Pattern})\z");

    // kubectl adds a line of its own where a command in a pod fails.
    private static string Seen(ProcessResult result) => OnOneLine(OfKubectl().Replace($"{result.Output}\n{result.Errors}", ""));

    private static string OnOneLine(string text) => string.Join(
        ", ", text.Split('\n').Select(line => Spaces().Replace(line, " ").Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^command terminated with exit code \d+$", RegexOptions.Multiline)]
    private static partial Regex OfKubectl();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
