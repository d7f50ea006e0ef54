using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Demo;

/// <summary>A client that opens one connection after the other until it is stopped.</summary>
internal sealed class RunningCurl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Place _where;
    private readonly LabProcess _process;

    private RunningCurl(Place where, string command, LabProcess process) => (_where, Command, _process) = (where, command, process);

    public string Command { get; }

    public static async Task<RunningCurl> StartAsync(Place where, string url)
    {
        var command = $"curl -sS -H 'Connection: close' '{url}/?[1-1000000]'";
        var process = where.Start("sh", "-c", $"exec {command}");
        await process.Output.WaitForAsync("web-", Patience);
        return new(where, command, process);
    }

    /// <summary>Ends the client and tells how it fared: curl reports each connection that failed, and goes on.</summary>
    public async Task<Trial> StopAsync(string title)
    {
        _process.Signal(Signal.Terminate);
        var result = await _process.ResultAsync(Patience);
        var (answers, failures) = (_process.Output.Count, _process.Errors.Count);
        return new(
            title, _where.Name, Command, "no connection fails",
            $"{answers} answers, {failures} failures{(failures > 0 ? $": {result.Errors.Split('\n')[0]}" : "")}",
            failures == 0 && answers > 0);
    }
}
