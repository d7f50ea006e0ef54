using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Bench.Rules;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// TCP connections per second through rule sets of kube-proxy's shape, against direct ones where there is no netfilter; and ours beside
/// them.
/// </summary>
internal static class RuleSets
{
    private const string Group = "TCP connections/s: through rules of kube-proxy's shape / directly without netfilter";
    private const string WithoutNetfilter = "directly, without netfilter";

    public static async Task<IEnumerable<Figure>> MeasureAsync(
        BenchLab lab, SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        await using var nftables = await RuleNode.StartAsync(lab, lab.Nftables, new NftablesRules());
        await using var iptables = await RuleNode.StartAsync(lab, lab.Iptables, new IptablesRules());
        var figures = new List<Figure>();
        foreach (var size in effort.RuleSizes)
        {
            cancellation.ThrowIfCancellationRequested();
            figures.AddRange(await MeasureAsync(size, bench, [nftables, iptables], effort.RuleRounds, cancellation));
        }

        return figures;
    }

    private static async Task<IEnumerable<Figure>> MeasureAsync(
        int size, SocketBench bench, IReadOnlyList<RuleNode> nodes, int rounds, CancellationToken cancellation)
    {
        var served = bench.With(size);
        List<Series> series =
        [
            Of(WithoutNetfilter, bench.Bare, Dial.Tcp(bench.Server.Address, Server.Ports[0]), cancellation),
            Of("this project, Service", served.Client, Dial.Tcp(served.Services.Dialled, served.Services.Port), cancellation),
        ];
        var loaded = await Task.WhenAll(nodes.Select(node => node.LoadAsync(size)));
        foreach (var (node, services) in nodes.Zip(loaded))
        {
            series.Add(Of($"{node.Rules.Name}, Service", node.Client, Dial.Tcp(services.Dialled, services.Port), cancellation));
            series.Add(Of($"{node.Rules.Name}, directly", node.Client, Dial.Tcp(node.Server.Address, Server.Ports[0]), cancellation));
        }

        var rates = await Interleaved.MeasureAsync(series, rounds, cancellation);
        return series.Skip(1).Select(one => Ratio(size, one.Name, rates[one.Name], rates[WithoutNetfilter]));
    }

    private static Series Of(string name, LoadClient client, Dial dial, CancellationToken cancellation) =>
        new(name, async () => (await client.RunAsync(dial, Effort.Connections, cancellation)).PerSecond);

    private static Figure Ratio(int size, string name, double[] rates, double[] without)
    {
        var rounds = Statistics.Ratios(rates, without);
        return new(Group, $"{BenchServices.Describe(size)}: {name}", Unit.Ratio, Statistics.Median(rounds))
        {
            Rounds = rounds,
            Peers = Baseline(size, name),
        };
    }

    /// <summary>Rates of the real kube-proxy over 25,100/s.</summary>
    private static string Baseline(int size, string name) => (size, name) switch
    {
        (1, "nftables, Service") => "0.73",
        (1, "nftables, directly") => "0.81",
        (1, "iptables, Service") => "0.69",
        (1, "iptables, directly") => "0.76",
        (10_000, "iptables, directly") => "0.20",
        _ => "",
    };
}
