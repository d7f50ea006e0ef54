using System.Text.Json;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Load;

/// <summary>Throughput of one TCP connection, by <c>iperf3</c>.</summary>
internal static class Iperf
{
    public const int Port = 5201;

    private const string Program = "iperf3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Starts a server, on the processor of servers.</summary>
    public static async Task<LabProcess> ServeAsync(Pod pod)
    {
        var process = pod.Aside("stream").Start(Program, "--server", "--forceflush", "--port", $"{Port}", "--affinity", $"{Native.ServerCpu}");
        await process.Output.WaitForAsync("Server listening", Patience);
        return process;
    }

    /// <summary>What arrived, in billions of bits per second.</summary>
    /// <exception cref="LabException">There was no connection, or it broke.</exception>
    public static async Task<double> MeasureAsync(Place client, string address, int port, int seconds)
    {
        var result = await client.RunAsync(
            Program, "--client", address, "--port", $"{port}", "--time", $"{seconds}", "--affinity", $"{Native.ClientCpu}", "--json");
        using var report = JsonDocument.Parse(result.MustSucceed());
        return report.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
    }
}
