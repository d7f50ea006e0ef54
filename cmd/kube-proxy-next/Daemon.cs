using System.Diagnostics.Metrics;
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
    /// <param name="place">The place, where this process has it already; null to take it.</param>
    internal static async Task<DaemonEnd> RunAsync(
        RunOptions options, PinOwner? place, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
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
        using var owner = place ?? await TakeAsync(options, node, time, cancellationToken).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The first lists are on their way while the kernel verifies the programs.
        var feeding = Task.Run(() => source.RunAsync(stopping.Token), CancellationToken.None);
        var answering = Task.Run(() => web.RunAsync(tracker, node.Families, source.Events, stopping.Token), CancellationToken.None);
        var watching = own.WatchAsync(tracker.Opened, stopping.Token);
        var claimed = owner.WaitForAnotherAsync(time, stopping.Token);
        var kubeProxy = KubeProxyRemains.Look(options, source.Events, loggers.CreateLogger("KubeProxy"));
        source.Events.Tell(new ObjectName("", options.NodeName), "Starting", "StartKubeProxy", $"{CommandLine.VersionText} starts");
        try
        {
            DataplaneRun Create() => new(options, node, own, tracker, web, source, meter, loggers, time) { BesideNetfilter = kubeProxy.IsThere };
            var runs = new DataplaneRuns(Create, options, owner, tracker, log) { Others = [feeding, answering, watching, claimed] };
            _ = kubeProxy.FollowAsync(runs.Ready);
            await runs.RunAsync(stopping.Token).ConfigureAwait(false);
            return claimed.IsCompletedSuccessfully || !owner.Keep() ? DaemonEnd.Superseded : DaemonEnd.Stopped;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (owner.IsAnythingAtWork)
            {
                log.Stopped();
            }
            else
            {
                log.NothingAtWork();
            }
        }
    }

    // Nobody lets go for a process that could not start.
    private static Task<PinOwner> TakeAsync(RunOptions options, NodeConfig node, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.TakesOver && PinOwner.IsTaken(options.Bpffs))
        {
            Rehearsal.Run(options.Cgroup, node.Families, servesDevices: !options.Devices.IsNone);
        }

        return PinOwner.TakeAsync(options.Bpffs, options.TakesOver, time, cancellationToken);
    }
}
