namespace KubeProxyNext.EndToEnd;

/// <summary>
/// A client that asks a Service without a pause until it is told to stop, and counts what came of it: an answer for each, whatever the cluster
/// does meanwhile.
/// </summary>
internal sealed class RunningClient
{
    // It ends by itself after a minute, should a failing test forget it. A socket for each question, as most programs do.
    private const string Program = """
        import collections, select
        seen, deadline = collections.Counter(), time.monotonic() + 60
        print('running')
        while time.monotonic() < deadline and not select.select([sys.stdin], [], [], 0)[0]:
            seen[attempt(ask)] += 1
        print('result', *(f'{what}={count}' for what, count in seen.items()))
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly LabProcess _process;

    private RunningClient(LabProcess process) => _process = process;

    /// <summary>Starts asking the greeting on port 80 over TCP.</summary>
    public static Task<RunningClient> TcpAsync(Place place, string address) =>
        StartAsync(place, $"ask = lambda: greeting('{address}', 80)");

    /// <summary>Starts asking the echo on port 7 over UDP, from one unconnected socket.</summary>
    public static Task<RunningClient> UdpAsync(Place place, string address) => StartAsync(place, $"""
        s = udp('{address}')
        def ask():
            s.sendto(b'', ('{address}', 7))
            return s.recv(100).decode().strip()
        """);

    /// <summary>Ends the client, and returns how often it got which answer, or which error.</summary>
    public async Task<IReadOnlyDictionary<string, int>> StopAsync()
    {
        _process.CloseInput();
        var result = await _process.Output.WaitForAsync("result", Patience);
        await _process.DisposeAsync();
        return result.Split(' ').Skip(1).Select(one => one.Split('=')).ToDictionary(one => one[0], one => int.Parse(one[1], null));
    }

    private static async Task<RunningClient> StartAsync(Place place, string ask)
    {
        var process = place.StartPython($"{ask}\n{Program}");
        await process.Output.WaitForAsync("running", Patience);
        return new(process);
    }
}
