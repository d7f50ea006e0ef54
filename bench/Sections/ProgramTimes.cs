using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Bpf;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// The time that the programs themselves take for a new TCP connection. The stack's work between two connections pushes code and data of the
/// programs out of the caches; UDP sockets, which send nothing, tell how much of the time that is.
/// </summary>
internal static class ProgramTimes
{
    private const string Group = "program time per TCP connection, less an empty program";

    private sealed record Case(string Name, ServedClient Client, HookMeter Meter, Dial Dial)
    {
        public List<HookTimes> Batches { get; } = [];

        public async Task MeasureAsync(CancellationToken cancellation) =>
            Batches.Add(await Meter.MeasureAsync(Effort.Batch, () => Client.Client.RunAsync(Dial, Effort.Batch, cancellation)));
    }

    public static async Task<IEnumerable<Figure>> MeasureAsync(SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        using var statistics = ProgramStatistics.Enable();
        using var one = new HookMeter(bench.With(1));
        using var many = new HookMeter(bench.With(10_000));
        using var most = new HookMeter(bench.With(LargeCluster.Services));
        Case[] services =
        [
            ToOne("1 Service", bench.With(1), one),
            ToOne("10,000 Services, always the same", bench.With(10_000), many),
            ToAny("10,000 Services, one at random", bench.With(10_000), many),
            ToAny("100,000 Services, one at random", bench.With(LargeCluster.Services), most),
        ];
        Case[] others =
        [
            ToBackend("no Service, beside 1", bench.With(1), one, bench.Server),
            ToBackend("no Service, beside 10,000", bench.With(10_000), many, bench.Server),
        ];
        Case[] warm =
        [
            new("UDP, 10,000 Services, always the same (warm caches)", bench.With(10_000), many, Dial.Udp(bench.With(10_000).Services.Dialled, BenchServices.UdpPort)),
            new("UDP, no Service (warm caches)", bench.With(10_000), many, Dial.Udp(bench.Server.Address, Server.Ports[0])),
        ];
        await RunAsync([.. services, .. others, .. warm], effort.ProgramBatches, cancellation);
        return
        [
            .. services.Select(ConnectAndRelease),
            .. services.SelectMany(ByHook),
            .. others.Select(NoService),
            .. warm.SelectMany(ByHook),
        ];
    }

    private static Case ToOne(string name, ServedClient client, HookMeter meter) =>
        new(name, client, meter, Dial.Tcp(client.Services.Dialled, client.Services.Port));

    private static Case ToAny(string name, ServedClient client, HookMeter meter) =>
        new(name, client, meter, Dial.Tcp(client.Services.ClusterIp(0), client.Services.Port, client.Services.Count));

    private static Case ToBackend(string name, ServedClient client, HookMeter meter, Server server) =>
        new(name, client, meter, Dial.Tcp(server.Address, Server.Ports[0]));

    private static async Task RunAsync(IReadOnlyList<Case> cases, int batches, CancellationToken cancellation)
    {
        for (var batch = -1; batch < batches; batch++)
        {
            foreach (var one in cases)
            {
                await one.MeasureAsync(cancellation);
            }

            if (batch < 0)
            {
                Array.ForEach([.. cases], one => one.Batches.Clear());
            }
        }
    }

    private static Figure ConnectAndRelease(Case one) => Of(one, one.Name, times => times.Connect + times.Release) with
    {
        Target = Target.AtMost(180),
        Peers = "780 Cilium, 780 Calico",
    };

    private static IEnumerable<Figure> ByHook(Case one) =>
        [Of(one, $"{one.Name}: connect", times => times.Connect), Of(one, $"{one.Name}: release", times => times.Release)];

    private static Figure NoService(Case one) => Of(one, $"{one.Name}: connect", times => times.Connect) with
    {
        Target = Target.AtMost(45),
        Peers = "80-170 Cilium, 40 Calico",
    };

    private static Figure Of(Case one, string what, Func<HookTimes, double> time)
    {
        double[] rounds = [.. one.Batches.Select(time)];
        return new(Group, what, Unit.Nanoseconds, Statistics.Median(rounds)) { Rounds = rounds };
    }
}
