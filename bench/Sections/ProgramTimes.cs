using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bench.Results;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Sections;

/// <summary>
/// The time that the programs themselves take for a new TCP connection. The stack's work between two connections pushes code and data of
/// the programs out of the caches; UDP sockets, which send nothing, tell how much of the time that is. Where the kernel happens to put the
/// code counts too: each number of Services has programs of its own.
/// </summary>
internal static class ProgramTimes
{
    private const string Group = "program time per TCP connection, less an empty program";

    /// <summary>How many Services there have to be for a choice among them to matter.</summary>
    private const int RandomFrom = 10_000;

    private sealed record Metered(ServedClient Client, HookMeter Meter)
    {
        public BenchServices Services => Client.Services;

        public override string ToString() => BenchServices.Describe(Services.Count);
    }

    private sealed record Case(string Name, Metered At, Dial Dial)
    {
        public List<HookTimes> Batches { get; } = [];

        public async Task MeasureAsync(CancellationToken cancellation) =>
            Batches.Add(await At.Meter.MeasureAsync(Effort.Batch, () => At.Client.Client.RunAsync(Dial, Effort.Batch, cancellation)));
    }

    public static async Task<IEnumerable<Figure>> MeasureAsync(SocketBench bench, Effort effort, CancellationToken cancellation)
    {
        using var statistics = ProgramStatistics.Enable();
        var metered = bench.Served.Select(client => new Metered(client, new(client))).ToList();
        try
        {
            return await MeasureAsync(metered, bench.Server, effort.ProgramBatches, cancellation);
        }
        finally
        {
            metered.ForEach(one => one.Meter.Dispose());
        }
    }

    private static async Task<IEnumerable<Figure>> MeasureAsync(
        List<Metered> metered, Server server, int batches, CancellationToken cancellation)
    {
        List<Case> same = [.. metered.Select(ToOne)];
        List<Case> random = [.. metered.Where(one => one.Services.Count >= RandomFrom).Select(ToAny)];
        List<Case> others = [.. metered.Select(one => ToBackend(one, server))];
        var many = metered.Single(one => one.Services.Count == RandomFrom);
        List<Case> warm = [Warm("UDP, a Service, warm", many, many.Services.Dialled), Warm("UDP, no Service, warm", many, server.Address)];
        await RunAsync([.. same, .. random, .. others, .. warm], batches, cancellation);
        return
        [
            .. same.Select(ConnectAndRelease),
            .. random.Select(one => Of(one, one.Name, times => times.Connect + times.Release)),
            .. others.Select(NoService),
            .. same.Concat(random).Concat(warm).SelectMany(ByHook),
        ];
    }

    private static Case ToOne(Metered one) =>
        new($"{one}, always the same", one, Dial.Tcp(one.Services.Dialled, one.Services.Port));

    private static Case ToAny(Metered one) =>
        new($"{one}, one at random", one, Dial.Tcp(one.Services.ClusterIp(0), one.Services.Port, one.Services.Count));

    private static Case ToBackend(Metered one, Server server) =>
        new($"no Service, beside {one}", one, Dial.Tcp(server.Address, Server.Ports[0]));

    private static Case Warm(string name, Metered one, IpAddress address) => new(name, one, Dial.Udp(address, BenchServices.UdpPort));

    private static async Task RunAsync(IReadOnlyList<Case> cases, int batches, CancellationToken cancellation)
    {
        for (var batch = -1; batch < batches; batch++)
        {
            foreach (var one in cases)
            {
                await one.MeasureAsync(cancellation);
            }

            // The first finds everything cold.
            foreach (var one in batch < 0 ? cases : [])
            {
                one.Batches.Clear();
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
