using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Puts the process together: source, tracker, planner, dataplane, and the loop that moves changes through them.</summary>
internal static class Daemon
{
    internal static async Task RunAsync(RunOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger("Daemon");
        var node = new NodeConfig(options.NodeName, Zone: null, HostFamilies.Detect());
        log.Starting(options.NodeName, string.Join(", ", node.Families), options.Cgroup, options.Bpffs);

        var tracker = new ClusterTracker();
        using var meter = new Meter("KubeProxyNext");
        var source = Sources.Create(options, tracker, meter, loggers, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The first lists are on their way while the kernel verifies the programs.
        var feeding = Task.Run(() => source.RunAsync(stopping.Token), CancellationToken.None);
        try
        {
            using var dataplane = Dataplane.Dataplane.Load(
                options.Bpffs, options.Cgroup, node.Families, options.Capacities, logger: loggers.CreateLogger("Dataplane"));
            var planner = new Planner();
            var loop = new SyncLoop(
                tracker, (changed, config) => Plan(planner, changed, config, log), node, dataplane, new Random(), time,
                loggers.CreateLogger("SyncLoop"))
            {
                BindProtection = options.BindProtection,
            };
            await SyncAsync(loop, feeding, stopping).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            log.Stopped();
        }
    }

    // Until the loop or its source ends. The loop has ended when this returns: the dataplane is its own.
    private static async Task SyncAsync(SyncLoop loop, Task feeding, CancellationTokenSource stopping)
    {
        var syncing = loop.RunAsync(stopping.Token);
        _ = TrimAsync(loop.Ready);
        try
        {
            await (await Task.WhenAny(feeding, syncing).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await syncing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task TrimAsync(Task ready)
    {
        await ready.ConfigureAwait(false);
        ResidentMemory.Trim();
    }

    private static IReadOnlyList<ServicePlan> Plan(Planner planner, IReadOnlyList<ServiceSnapshot> changed, NodeConfig node, ILogger log)
    {
        var result = planner.Plan(changed, node);
        foreach (var problem in result.Problems)
        {
            log.NotPlanned(problem);
        }

        return result.Plans;
    }
}
