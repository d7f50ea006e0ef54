using KubeProxyNext.ApiServer;
using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Bench.Results;

namespace KubeProxyNext.Bench.Sections;

/// <summary>From the start of the process to the last Service in the kernel, each time from nothing.</summary>
internal static class StartUp
{
    private const string Group = "process start to the last Service x 2 endpoints in the kernel";

    public static async Task<IEnumerable<Figure>> MeasureAsync(BenchLab lab, int services, int starts, CancellationToken cancellation)
    {
        await using var api = await ApiFixture.StartAsync(lab, new BulkLoad(services));
        var seconds = new List<double>();
        var ready = new List<double>();
        var syncs = new List<double>();
        for (var i = 0; i < starts; i++)
        {
            await using var daemon = await RunningDaemon.StartAsync(lab.Ours, api, cancellation);
            seconds.Add(daemon.StartSeconds);
            ready.Add(daemon.ReadySeconds);
            syncs.Add(daemon.SyncMilliseconds);
        }

        return
        [
            new(Group, $"{services:N0} Services", Unit.Seconds, Statistics.Median(seconds))
            {
                Target = Target.AtMost(services < LargeCluster.Services ? 0.8 : 5),
                Rounds = seconds,
                Peers = services < LargeCluster.Services ? "14.6 s nftables, 33.8 s iptables" : "",
            },
            new(Group, $"{services:N0} Services, until packets are served too", Unit.Seconds, Statistics.Median(ready)) { Rounds = ready },
            new(Group, "of which planning, map writes and attaching", Unit.Milliseconds, Statistics.Median(syncs)) { Rounds = syncs },
        ];
    }
}
