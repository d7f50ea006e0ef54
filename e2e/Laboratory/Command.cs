namespace KubeProxyNext.Laboratory;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    /// <summary>How long any single command may take before it counts as hung.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program that must succeed, and returns its output.</summary>
    /// <exception cref="LabException">It failed, or took longer than <see cref="Patience"/>.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, CancellationToken cancellation = default) =>
        (await TryRunAsync(program, arguments, input, cancellation)).MustSucceed();

    /// <summary>Runs a program to its end, whatever that is.</summary>
    public static async Task<ProcessResult> TryRunAsync(
        string program, IEnumerable<string> arguments, string? input, CancellationToken cancellation)
    {
        await using var process = LabProcess.Start(program, arguments);
        if (input is not null)
        {
            await process.WriteAsync(input);
        }

        process.CloseInput();
        return await process.ResultAsync(Patience, cancellation);
    }
}
