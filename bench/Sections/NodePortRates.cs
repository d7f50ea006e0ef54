using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.NodePorts;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Sections;

/// <summary>Connections per second and throughput from outside through NodePorts, against nftables rules and against no Service at all.</summary>
internal static class NodePortRates
{
    private const string Direct = "directly to the pod";
    private const string Forwarded = "to a pod by the same node, no Service";
    private const string Ours = "NodePort, this project";
    private const string Nftables = "NodePort, nftables rules";
    private const string OursLocal = "NodePort of policy Local, this project";
    private const string NftablesLocal = "NodePort of policy Local, nftables rules";

    /// <summary>What can be dialled: the connection's way, address and port.</summary>
    private sealed record Way(string Name, string Address, int Port);

    public static async Task<IEnumerable<Figure>> ConnectionsAsync(NodePortLab lab, Effort effort, CancellationToken cancellation)
    {
        const string group = "TCP connections/s from outside";
        var ways = Ways(lab, Server.Ports[0], NodePortLab.Connections, NodePortLab.LocalConnections);
        var series = ways.Select(way => new Series(way.Name, () => RateAsync(lab.Load, way, cancellation)));
        var rates = await Interleaved.MeasureAsync([.. series], effort.NodePortRounds, cancellation);
        return
        [
            Ratio(group, rates, Ours, Nftables) with { Target = Target.AtLeast(1.3) },
            .. Comparisons(group, rates),
            Added(group, rates, Ours),
            Added(group, rates, Nftables),
            new(group, $"connections/s {Direct}", Unit.Count, Statistics.Median(rates[Direct])) { Rounds = rates[Direct] },
        ];
    }

    public static async Task<IEnumerable<Figure>> ThroughputAsync(NodePortLab lab, Effort effort, CancellationToken cancellation)
    {
        const string group = "throughput of one TCP connection from outside";
        var ways = Ways(lab, Iperf.Port, NodePortLab.Streams, NodePortLab.LocalStreams);
        var series = ways.Select(way =>
            new Series(way.Name, () => Iperf.MeasureAsync(lab.Client, way.Address, way.Port, effort.StreamSeconds)));
        var rates = await Interleaved.MeasureAsync([.. series], effort.StreamRounds, cancellation);
        return
        [
            Ratio(group, rates, Ours, Direct) with { Target = Target.AtLeast(0.95) },
            Ratio(group, rates, Ours, Nftables),
            .. Comparisons(group, rates).Where(figure => figure.What != NameOf(Ours, Direct)),
            new(group, Direct, Unit.Gigabits, Statistics.Median(rates[Direct])) { Rounds = rates[Direct] },
        ];
    }

    private static Way[] Ways(NodePortLab lab, int target, int nodePort, int localNodePort) =>
    [
        new(Direct, lab.Direct.IPv4, target),
        new(Forwarded, lab.Forwarded.IPv4, target),
        new(Ours, lab.Ours.IPv4, nodePort),
        new(Nftables, lab.Nftables.IPv4, nodePort),
        new(OursLocal, lab.Ours.IPv4, localNodePort),
        new(NftablesLocal, lab.Nftables.IPv4, localNodePort),
    ];

    private static IEnumerable<Figure> Comparisons(string group, IReadOnlyDictionary<string, double[]> rates) =>
    [
        Ratio(group, rates, Ours, Direct),
        Ratio(group, rates, Nftables, Direct),
        Ratio(group, rates, Forwarded, Direct),
        Ratio(group, rates, OursLocal, NftablesLocal),
        Ratio(group, rates, OursLocal, Direct),
        Ratio(group, rates, NftablesLocal, Direct),
    ];

    private static async Task<double> RateAsync(LoadClient client, Way way, CancellationToken cancellation) =>
        (await client.RunAsync(Dial.Tcp(IpAddress.Parse(way.Address), way.Port), Effort.Connections, cancellation)).PerSecond;

    /// <summary>What the Service itself costs, by whoever serves it: both ways are as long.</summary>
    private static Figure Added(string group, IReadOnlyDictionary<string, double[]> rates, string one)
    {
        double[] rounds = [.. rates[one].Zip(rates[Forwarded], (rate, forwarded) => 1e9 / rate - 1e9 / forwarded)];
        return new(group, $"time that a connection takes longer than {Forwarded}: {one}", Unit.Nanoseconds, Statistics.Median(rounds))
        {
            Rounds = rounds,
        };
    }

    private static string NameOf(string one, string other) => $"{one} / {other}";

    private static Figure Ratio(string group, IReadOnlyDictionary<string, double[]> rates, string one, string other)
    {
        var rounds = Statistics.Ratios(rates[one], rates[other]);
        return new(group, NameOf(one, other), Unit.Ratio, Statistics.Median(rounds)) { Rounds = rounds };
    }
}
