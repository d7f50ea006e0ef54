using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Packets;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// The time that the packet programs take for packets from outside to a NodePort whose backends are on another node, and for packets that
/// are no Service's; by <c>BPF_PROG_TEST_RUN</c>, less what it says of a program that does nothing.
/// </summary>
internal sealed class PacketCosts : IDisposable
{
    private const int WorkingSet = 10;
    private const int Seed = 1;

    private readonly IpFamily _family;
    private readonly Effort _effort;
    private readonly List<IPacketNode> _nodes = [];
    private readonly PacketMeter _meter;
    private readonly PacketTraffic _few;
    private readonly PacketTraffic _crowd;
    private readonly PacketTraffic _large;

    private PacketCosts(PacketLab lab, IpFamily family, Effort effort)
    {
        (_family, _effort) = (family, effort);
        _meter = new(lab.Uplink);
        var usualFlows = MapCapacities.FlowsFor(Environment.ProcessorCount, MachineMemory.Total);
        _few = Serve(lab, services: 1, WorkingSet, usualFlows);
        _crowd = Serve(lab, services: 1, effort.PacketConnections, effort.PacketFlows);
        _large = Serve(lab, LargeCluster.Services, WorkingSet, usualFlows);
    }

    private string Group => $"packet programs, {_family}: time per packet, less an empty program";

    public static async Task<IEnumerable<Figure>> MeasureAsync(Effort effort, CancellationToken cancellation)
    {
        await using var lab = await PacketLab.BuildAsync(cancellation);
        return lab.Network.Run<List<Figure>>(() =>
            [.. Enum.GetValues<IpFamily>().Order().SelectMany(family => Measure(lab, family, effort, cancellation))]);
    }

    public void Dispose()
    {
        _nodes.ForEach(node => node.Dispose());
        _meter.Dispose();
    }

    private static List<Figure> Measure(PacketLab lab, IpFamily family, Effort effort, CancellationToken cancellation)
    {
        using var costs = new PacketCosts(lab, family, effort);
        return [.. costs.Repeated(cancellation), .. costs.OneByOne(cancellation), .. costs.First(cancellation)];
    }

    private PacketTraffic Serve(PacketLab lab, int services, int connections, int flows)
    {
        _nodes.Add(lab.Serve(_family, services, flows));
        var traffic = new PacketTraffic(_nodes[^1], _meter);
        traffic.Connect(connections);
        return traffic;
    }

    /// <summary>What is in the caches: one packet again and again.</summary>
    private List<Figure> Repeated(CancellationToken cancellation)
    {
        var (entry, other) = (_few.FindEntry(), _large.FindEntry());
        var empty = new PacketSeries("empty, again and again", _few.EmptyRepeated);
        PacketSeries[] established =
        [
            Less(empty, "established, source exchanged, backend elsewhere, 1 Service", () => _few.Established(entry)),
            Less(empty, $"the same beside {BenchServices.Describe(LargeCluster.Services)}", () => _large.Established(other)),
        ];
        PacketSeries[] foreign =
        [
            .. from hook in Enum.GetValues<DeviceHook>()
               from node in new[] { (Traffic: _few, Services: 1), (Traffic: _large, LargeCluster.Services) }
               select Less(empty, $"no Service's, {hook}, beside {BenchServices.Describe(node.Services)}", () => node.Traffic.Foreign(hook)),
        ];
        PacketSeries.Measure([empty, .. established, .. foreign], _effort.PacketRounds, cancellation);
        List<Figure> figures = [.. established.Select(one => Median(one) with { Target = Target.AtMost(_family == IpFamily.IPv4 ? 250 : 300) })];
        return
        [
            .. figures,
            Spread("deviation of these from each other", figures),
            .. foreign.Select(one => Median(one) with { Target = Target.AtMost(60) }),
        ];
    }

    /// <summary>What the kernel does between two packets has pushed out of the nearer caches; and what very many flows cost more.</summary>
    private List<Figure> OneByOne(CancellationToken cancellation)
    {
        var connections = $"{_effort.PacketConnections:N0} connections";
        var empty = new PacketSeries("empty, one by one", _few.EmptyOneByOne);
        PacketSeries[] series =
        [
            Less(empty, $"established, one by one, {WorkingSet} of {WorkingSet} connections", () => _few.Established(WorkingSet)),
            Less(empty, $"established, one by one, {WorkingSet} of {connections}", () => _crowd.Established(WorkingSet)),
        ];
        PacketSeries.Measure([empty, .. series], _effort.PacketRounds, cancellation);
        List<Figure> figures = [.. series.Select(one => Of(one.Name, one.MiddleMeans()))];
        return [.. figures, Spread("deviation of these from each other", figures), .. Walk($"established, at random of {connections}", cancellation)];
    }

    /// <summary>So many flows that their entries are in no cache.</summary>
    private IEnumerable<Figure> Walk(string name, CancellationToken cancellation)
    {
        var random = new Random(Seed);
        List<double> remembered = [], lookedUp = [], empty = [];
        for (var walk = 0; walk < _effort.PacketWalks; walk++)
        {
            cancellation.ThrowIfCancellationRequested();
            empty.AddRange(_few.EmptyOneByOne());
            int[] connections = [.. Enumerable.Range(0, _effort.PacketWalk).Select(_ => random.Next(_effort.PacketConnections))];
            foreach (var (time, wasRemembered) in _crowd.Walk(connections))
            {
                (wasRemembered ? remembered : lookedUp).Add(time);
            }
        }

        (string What, List<double> Times)[] kinds = [(name, remembered), ($"{name}, next hop looked up", lookedUp)];
        return kinds.Where(kind => kind.Times.Count > 0)
            .Select(kind => Of(kind.What, Statistics.MiddleMean(kind.Times) - Statistics.MiddleMean(empty)));
    }

    private List<Figure> First(CancellationToken cancellation)
    {
        var random = new Random(Seed);
        var empty = new PacketSeries("empty, one by one", _few.EmptyOneByOne);
        PacketSeries[] series =
        [
            Less(empty, "first, NodePort, 1 Service", _few.FirstPackets),
            Less(empty, $"first, NodePort, {BenchServices.Describe(LargeCluster.Services)}", _large.FirstPackets),
            Less(empty, $"first, one at random of {BenchServices.Describe(LargeCluster.Services)}", () => _large.FirstPackets(LargeCluster.Services, random)),
        ];
        PacketSeries.Measure([empty, .. series], _effort.PacketRounds, cancellation);
        return [.. series[..2].SelectMany(one => Distribution(one, Target.AtMost(900))), .. Distribution(series[2], null)];
    }

    private IEnumerable<Figure> Distribution(PacketSeries one, Target? target) =>
    [
        Median(one) with { What = $"{one.Name}: median", Target = target },
        Of($"{one.Name}: mean", one.Means().Average()) with { Target = target, Rounds = one.Means() },
        Of($"{one.Name}: p99", one.Percentile(99)),
    ];

    private static PacketSeries Less(PacketSeries empty, string name, Func<IEnumerable<double>> sample) => new(name, sample) { Empty = empty };

    private Figure Median(PacketSeries one) => Of(one.Name, one.Medians());

    private Figure Spread(string what, IReadOnlyCollection<Figure> figures)
    {
        var measured = figures.Select(figure => figure.Measured).ToList();
        return new(Group, what, Unit.Percent, 100 * (measured.Max() - measured.Min()) / measured.Max()) { Target = Target.AtMost(3) };
    }

    private Figure Of(string what, double[] rounds) => Of(what, Statistics.Median(rounds)) with { Rounds = rounds };

    private Figure Of(string what, double nanoseconds) => new(Group, what, Unit.Nanoseconds, nanoseconds);
}
