using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Sections;

/// <summary>What affinity and each algorithm cost: TCP connections per second, against those to the same Service without.</summary>
internal static class RuleCosts
{
    private const int Services = 10_000;
    private const int Plain = 0;

    private static readonly (int Port, string Rule, Target? Target)[] Rules =
    [
        (1001, "session affinity", Target.AtLeast(0.95)),
        (1002, "least connections", Target.AtLeast(0.95)),
        (1003, "round-robin", null),
        (1004, "Maglev", null),
    ];

    public static async Task<IEnumerable<Figure>> MeasureAsync(SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        var served = bench.With(Services);
        Series To(int port) => new(
            Name(port),
            async () => (await served.Client.RunAsync(
                Dial.Tcp(served.Services.Dialled, port == Plain ? served.Services.Port : port), Effort.Connections, cancellation)).PerSecond);

        var rates = await Interleaved.MeasureAsync([To(Plain), .. Rules.Select(rule => To(rule.Port))], effort.Rounds, cancellation);
        return Rules.Select(rule =>
        {
            var rounds = Statistics.Ratios(rates[Name(rule.Port)], rates[Name(Plain)]);
            return new Figure("TCP connections/s: with a rule / at random", rule.Rule, Unit.Ratio, Statistics.Median(rounds))
            {
                Target = rule.Target,
                Rounds = rounds,
            };
        });
    }

    private static string Name(int port) => $"port {port}";
}
