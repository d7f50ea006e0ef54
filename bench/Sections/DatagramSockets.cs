using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Sections;

/// <summary>Time of socket, connect and close of a UDP socket to a Service, against one to its backend.</summary>
internal static class DatagramSockets
{
    private const string Group = "UDP socket, connect, close: time to a Service / to the backend";
    private const string Service = "to a Service";
    private const string Backend = "to a backend, with programs";
    private const string WithoutPrograms = "to a backend, without programs";

    public static async Task<IEnumerable<Figure>> MeasureAsync(SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        var served = bench.With(10_000);
        var toBackend = Dial.Udp(bench.Server.Address, Server.Ports[0]);
        var times = await Interleaved.MeasureAsync(
            [
                new(Service, () => TimeAsync(served.Client, Dial.Udp(served.Services.Dialled, BenchServices.UdpPort), cancellation)),
                new(Backend, () => TimeAsync(served.Client, toBackend, cancellation)),
                new(WithoutPrograms, () => TimeAsync(bench.Bare, toBackend, cancellation)),
            ],
            effort.DatagramRounds,
            cancellation);
        return
        [
            Ratio("Service / backend without programs (10,000 Services)", times[Service], times[WithoutPrograms]) with
            {
                Target = Target.AtMost(1.06),
                Peers = "1.16 Cilium, 1.19 Calico",
            },
            Ratio("Service / backend with programs", times[Service], times[Backend]),
            Ratio("backend with / without programs", times[Backend], times[WithoutPrograms]),
            new(Group, WithoutPrograms, Unit.Nanoseconds, Statistics.Median(times[WithoutPrograms])) { Rounds = times[WithoutPrograms] },
        ];
    }

    private static Figure Ratio(string what, double[] times, double[] to)
    {
        var rounds = Statistics.Ratios(times, to);
        return new(Group, what, Unit.Ratio, Statistics.Median(rounds)) { Rounds = rounds };
    }

    private static async Task<double> TimeAsync(LoadClient client, Dial dial, CancellationToken cancellation) =>
        1e9 / (await client.RunAsync(dial, Effort.Datagrams, cancellation)).PerSecond;
}
