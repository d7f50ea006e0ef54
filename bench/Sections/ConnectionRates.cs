using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Sections;

/// <summary>TCP connections per second to a ClusterIP, against those directly to the pod.</summary>
internal static class ConnectionRates
{
    private const string Group = "TCP connections/s: to a ClusterIP / directly to the pod";
    private const string WithoutPrograms = "without programs";

    public static async Task<IEnumerable<Figure>> MeasureAsync(SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        var series = bench.Served.SelectMany(client => SeriesOf(client, bench.Server, cancellation))
            .Append(new(WithoutPrograms, () => RateAsync(bench.Bare, Dial.Tcp(bench.Server.Address, Server.Ports[0]), cancellation)));
        var rates = await Interleaved.MeasureAsync([.. series], effort.Rounds, cancellation);
        var ratios = SocketBench.Sizes.Select(size => Ratio(size, rates[Service(size)], rates[Direct(size)])).ToList();
        return
        [
            .. ratios,
            Flatness(ratios),
            .. SocketBench.Sizes.Select(size => AgainstNone(size, rates[Service(size)], rates[WithoutPrograms])),
            new(Group, "connections/s directly, without programs", Unit.Count, Statistics.Median(rates[WithoutPrograms]))
            {
                Peers = "25,100 (baseline)",
                Rounds = rates[WithoutPrograms],
            },
        ];
    }

    private static string Service(int size) => $"Service of {size}";

    private static string Direct(int size) => $"directly beside {size}";

    private static IEnumerable<Series> SeriesOf(ServedClient client, Server server, CancellationToken cancellation) =>
    [
        new(Service(client.Services.Count),
            () => RateAsync(client.Client, Dial.Tcp(client.Services.Dialled, client.Services.Port), cancellation)),
        new(Direct(client.Services.Count), () => RateAsync(client.Client, Dial.Tcp(server.Address, Server.Ports[0]), cancellation)),
    ];

    private static async Task<double> RateAsync(LoadClient client, Dial dial, CancellationToken cancellation) =>
        (await client.RunAsync(dial, Effort.Connections, cancellation)).PerSecond;

    private static Figure Ratio(int size, double[] service, double[] direct)
    {
        var rounds = Statistics.Ratios(service, direct);
        return new(Group, BenchServices.Describe(size), Unit.Ratio, Statistics.Median(rounds))
        {
            Target = Target.AtLeast(0.97),
            Rounds = rounds,
            Peers = size switch
            {
                1 => "0.90 nftables, 0.92 iptables",
                10_000 => "connect p50 1.01 nftables, 0.37 iptables",
                _ => "",
            },
        };
    }

    private static Figure AgainstNone(int size, double[] service, double[] direct)
    {
        var rounds = Statistics.Ratios(service, direct);
        return new(Group, $"{BenchServices.Describe(size)}, against direct without programs", Unit.Ratio, Statistics.Median(rounds))
        {
            Rounds = rounds,
        };
    }

    private static Figure Flatness(IReadOnlyCollection<Figure> ratios)
    {
        var measured = ratios.Select(ratio => ratio.Measured).ToList();
        return new(Group, "largest deviation from each other", Unit.Percent, 100 * (measured.Max() - measured.Min()) / measured.Max())
        {
            Target = Target.AtMost(2),
        };
    }
}
