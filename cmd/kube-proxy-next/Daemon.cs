using System.Diagnostics.Metrics;
using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Why the daemon has ended by itself.</summary>
internal enum DaemonEnd
{
    /// <summary>It was cancelled, or its source came to an end.</summary>
    Stopped,

    /// <summary>Another process has its place.</summary>
    Superseded,
}

/// <summary>Puts the process together: source, tracker, planner, dataplane, and the loop that moves changes through them.</summary>
internal static class Daemon
{
    internal static async Task<DaemonEnd> RunAsync(RunOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger("Daemon");
        var node = new NodeConfig(options.NodeName, Zone: null, HostFamilies.Detect())
        {
            DeniesExternalIPs = options.DeniesExternalIPs,
            ExternalIPNetworks = options.ExternalIPNetworks,
            Share = ServiceShare.Of(options.Most.Frontends, options.Most.Slots, options.Most.SourceRanges),
            MaglevTableSize = options.MaglevTableSize,
        };
        var own = new OwnNode(
            options.NodeName, node.Families, options.NodeAddress, options.LocalMode.NeedsNode && !options.Devices.IsNone, time, log);
        node = node with { Addresses = own.Unseen?.Addresses ?? [] };
        log.Starting(options.NodeName, string.Join(", ", node.Families), options.Cgroup, options.Bpffs);
        using var meter = new Meter("KubeProxyNext");
        using var web = new WebService(options, node.Families, meter, time, loggers.CreateLogger("Web"));
        var tracker = new ClusterTracker(meter) { OnNews = web.Queue };
        var source = Sources.Create(options, tracker, own, meter, loggers, time);
        using var owner = await PinOwner.TakeAsync(options.Bpffs, options.TakesOver, time, cancellationToken).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The first lists are on their way while the kernel verifies the programs.
        var feeding = Task.Run(() => source.RunAsync(stopping.Token), CancellationToken.None);
        var answering = Task.Run(() => web.RunAsync(tracker, node.Families, source.Events, stopping.Token), CancellationToken.None);
        var watching = own.WatchAsync(tracker.Opened, stopping.Token);
        var claimed = owner.WaitForClaimAsync(time, stopping.Token);
        var kubeProxy = KubeProxyRemains.Look(options, source.Events, loggers.CreateLogger("KubeProxy"));
        source.Events.Tell(new ObjectName("", options.NodeName), "Starting", "StartKubeProxy", $"{CommandLine.VersionText} starts");
        try
        {
            DataplaneRun Create() => new(options, node, own, tracker, web, source, meter, loggers, time) { BesideNetfilter = kubeProxy.IsThere };
            await RunAsync(Create, kubeProxy, options, owner, tracker, log, [feeding, answering, watching, claimed], stopping.Token).ConfigureAwait(false);
            return claimed.IsCompletedSuccessfully ? DaemonEnd.Superseded : DaemonEnd.Stopped;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            log.Stopped();
        }
    }

    // Larger maps take the place of others as those of another build would, so that growing is nothing but a start.
    private static async Task RunAsync(
        Func<DataplaneRun> create, KubeProxyRemains kubeProxy, RunOptions options, PinOwner owner, ClusterTracker tracker, ILogger log,
        IReadOnlyList<Task> others, CancellationToken cancellationToken)
    {
        var growth = new MapGrowth(options.Most);
        var now = growth.First(options.Usual, MapCapacities.InForce(options.Bpffs));
        var run = create();
        _ = kubeProxy.FollowAsync(run.Ready);
        var next = await run.RunAsync(now, growth, owner, others, cancellationToken).ConfigureAwait(false);
        while (next is not null)
        {
            log.Growing(now, next);
            tracker.Rewind();
            run = create();
            try
            {
                (now, next) = (next, await run.RunAsync(next, growth, owner, others, cancellationToken).ConfigureAwait(false));
            }
            catch (BpfException error) when (!run.Ready.IsCompleted && next != now)
            {
                log.NotGrown(error.Message);
                growth.Stop(now);
                next = now;
            }
        }
    }
}
