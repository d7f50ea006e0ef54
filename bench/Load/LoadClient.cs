using System.Globalization;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Load;

/// <summary>A running <c>load</c>: a client that opens connections on command.</summary>
internal sealed class LoadClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly LabProcess _process;

    private LoadClient(LabProcess process) => _process = process;

    /// <summary>Starts a client and waits until it takes commands.</summary>
    public static async Task<LoadClient> StartAsync(Place place)
    {
        var process = place.Start(Native.Load, $"{Native.ClientCpu}");
        await process.Output.WaitForAsync("ready", Patience);
        return new(process);
    }

    /// <summary>Opens and closes so many connections, one after the other.</summary>
    /// <exception cref="LabException">One failed, or they took longer than a minute.</exception>
    public async Task<LoadResult> RunAsync(Dial dial, int count, CancellationToken cancellation)
    {
        var answers = _process.Output.Count;
        await _process.WriteAsync(dial.ToCommand(count));
        var answer = await _process.Output.WaitForAsync("", Patience, answers, cancellation);
        return answer.Split(' ') is ["ok", var elapsed, var median]
            ? new(count / (Number(elapsed) / 1e9), Number(median) / 1e3)
            : throw new LabException($"{dial.ToCommand(count).Trim()}: {answer}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
