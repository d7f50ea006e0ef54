using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>The programs that are installed here.</summary>
internal sealed class InstalledTools : ITools
{
    // What a program has to clean up after itself, as make its half-written files.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => IsExecutable(Path.Combine(folder, program)));

    public async Task<ProcessResult> TryAsync(ToolCall call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // In a session of its own, so that Ctrl-C comes to us alone: what is to end is told so, and what removes the cluster is left to it.
        await using var process = LabProcess.Start("setsid", [call.Program, .. call.Arguments]);
        if (call.Input is not null)
        {
            await process.WriteAsync(call.Input);
        }

        process.CloseInput();
        using var patienceIsOver = new CancellationTokenSource();
        await using var interruption = cancellation.Register(() =>
        {
            process.Signal(Signal.Terminate);
            patienceIsOver.CancelAfter(Grace);
        });
        var result = await process.ResultAsync(call.Within, patienceIsOver.Token);
        cancellation.ThrowIfCancellationRequested();
        return result with { Command = $"{call}" };
    }

    public void MakeFolder(string path) => Directory.CreateDirectory(path);

    public void Write(string path, string text) => File.WriteAllText(path, text);

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
