using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>The clients of one place: a running <c>crowd</c>.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly LabProcess _process;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    private Crowd(string name, LabProcess process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>A line for each of the first failures.</summary>
    public string Failures => _process.Errors.ToString();

    /// <summary>Starts the clients of one of the two places, which share what the options say.</summary>
    public static async Task<Crowd> StartAsync(string name, Place place, SoakOptions options)
    {
        var process = place.Start(
            NativePrograms.Crowd, $"{options.Rate / 2}", $"{options.DatagramSockets}", $"{options.Transfers / 2}", $"{options.Orderly}");
        await process.Output.WaitForAsync("ready", Patience);
        return new(name, process);
    }

    /// <summary>Tells where a Service is dialled.</summary>
    /// <param name="brief">The port for connections; 0 for none, as with the others.</param>
    public Task KnowAsync(int service, string address, int brief, int datagram, int stream) =>
        TellAsync($"service {service} {address} {brief} {datagram} {stream}");

    /// <summary>Tells who may answer from now on; when this returns, the clients know.</summary>
    public Task AllowAsync(int service, Backends tcp, Backends udp, Backends sure) =>
        TellAsync($"allow {service} {tcp.Bits:x} {udp.Bits:x} {sure.Bits:x}");

    public Task BeginAsync() => TellAsync("start");

    public async Task<CrowdReport> ReportAsync() => CrowdReport.Parse(await AskAsync("report"));

    /// <summary>Closes all sockets.</summary>
    public async Task<CrowdReport> EndAsync() => CrowdReport.Parse(await AskAsync("stop"));

    public ValueTask DisposeAsync()
    {
        _oneAtATime.Dispose();
        return _process.DisposeAsync();
    }

    private async Task TellAsync(string command)
    {
        var answer = await AskAsync(command);
        if (answer != "ok")
        {
            throw new LabException($"{Name}: {command}: {answer}");
        }
    }

    private async Task<string> AskAsync(string command)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var answers = _process.Output.Count;
            await _process.WriteAsync($"{command}\n");
            return await _process.Output.WaitForAsync("", Patience, answers);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
