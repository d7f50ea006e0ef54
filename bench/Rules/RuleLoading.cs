using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>Runs the tools that load rules, which with 10,000 Services need their time.</summary>
internal static class RuleLoading
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="LabException">The tool refused; the message holds what it said.</exception>
    public static async Task RunAsync(Node node, string program, params string[] arguments)
    {
        await using var process = node.Start(program, arguments);
        process.CloseInput();
        (await process.ResultAsync(Patience)).MustSucceed();
    }
}
