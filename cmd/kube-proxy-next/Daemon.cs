using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Planning;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Puts the process together: source, tracker, planner, dataplane, and the loop that moves changes through them.</summary>
internal static class Daemon
{
    // The Node and ServiceCIDRs concern every Service: a start without them serves other backends than it should, and is put right when
    // they come. But what may not be had must not keep changes of endpoints back (behaviour 11.2 waits longer, for the Node alone).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // What a start runs on after it: what was begun meanwhile ends, events are told, first probes and scrapes are answered.
    private static readonly TimeSpan[] Settling = [TimeSpan.Zero, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(27)];
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    internal static async Task RunAsync(RunOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger("Daemon");
        var node = new NodeConfig(options.NodeName, Zone: null, HostFamilies.Detect())
        {
            DeniesExternalIPs = options.DeniesExternalIPs,
            ExternalIPNetworks = options.ExternalIPNetworks,
            MaglevTableSize = options.MaglevTableSize,
        };
        var own = new OwnNode(
            options.NodeName, node.Families, options.NodeAddress, options.LocalMode.NeedsNode && !options.Devices.IsNone, time, log);
        node = node with { Addresses = own.Unseen?.Addresses ?? [] };
        log.Starting(options.NodeName, string.Join(", ", node.Families), options.Cgroup, options.Bpffs);

        using var meter = new Meter("KubeProxyNext");
        var web = new WebService(options, node.Families, meter, time, loggers.CreateLogger("Web"));
        var tracker = new ClusterTracker(meter) { OnNews = web.Queue };
        var source = Sources.Create(options, tracker, own, meter, loggers, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The first lists are on their way while the kernel verifies the programs.
        var feeding = Task.Run(() => source.RunAsync(stopping.Token), CancellationToken.None);
        var answering = Task.Run(() => web.RunAsync(tracker, node.Families, source.Events, stopping.Token), CancellationToken.None);
        var watching = own.WatchAsync(tracker.Opened, stopping.Token);
        var kubeProxy = KubeProxyRemains.Look(options, source.Events, loggers.CreateLogger("KubeProxy"));
        try
        {
            using var dataplane = Dataplane.Dataplane.Load(
                options.Bpffs, options.Cgroup, node.Families, options.Capacities, logger: loggers.CreateLogger("Dataplane"),
                devices: options.Devices.IsNone ? null : options.Attach, besideNetfilter: kubeProxy.IsThere);
            using var monitor = new AddressMonitor();
            var addresses = new NodeAddressLoop(monitor, options.NodePorts, node.Families, dataplane, log) { OnListen = web.SetAddresses };
            using var devices = options.Devices.IsNone
                ? null
                : DeviceService.Create(options, node.Families, dataplane, meter, time, loggers.CreateLogger("Devices"));

            void TakeNode(Node seen)
            {
                addresses.Take(seen);
                devices?.Loop.Take(seen);
            }

            if (own.Unseen is { } unseen)
            {
                TakeNode(unseen);
            }

            var flows = dataplane.CreateFlowSweeper(options.FlowTimeouts, time);
            flows?.OnSwept = web.Sweep;
            using var shown = web.Show(dataplane);
            var planner = new Planner();
            var loop = new SyncLoop(
                tracker, (changed, config) => Plan(planner, changed, config, source.Events, log), node, dataplane, new Random(), time,
                loggers.CreateLogger("SyncLoop"))
            {
                BindProtection = options.BindProtection,
                OnNode = TakeNode,
                OnAttached = devices is null ? null : devices.Loop.Serve,
                OnTaken = web.Take,
                OnSynced = web.Take,
            };
            source.Events.Tell(new ObjectName("", options.NodeName), "Starting", "StartKubeProxy", $"{CommandLine.VersionText} starts");
            var complete = WaitForListsAsync(tracker, time, log, stopping.Token);
            _ = kubeProxy.FollowAsync(loop.Ready);
            await SyncAsync(loop, complete, addresses, devices, flows, web.Started, [feeding, answering, watching], stopping).ConfigureAwait(false);
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

    // Until one of them ends. All have ended when this returns: the dataplane is theirs. The addresses are in force before the programs.
    private static async Task SyncAsync(
        SyncLoop loop, Task complete, NodeAddressLoop addresses, DeviceService? devices, FlowSweeper? flows, Task answering, Task[] others,
        CancellationTokenSource stopping)
    {
        var following = addresses.RunAsync(stopping.Token);
        var serving = devices?.Loop.RunAsync(loop.Ready, stopping.Token) ?? Task.Delay(Timeout.Infinite, stopping.Token);
        var known = devices is null ? Task.CompletedTask : Task.WhenAny(devices.Loop.First, serving);
        var syncing = loop.RunAsync(Task.WhenAll(complete, known, Task.WhenAny(addresses.First, following)), stopping.Token);
        var sweeping = flows?.RunAsync(loop.Ready, stopping.Token) ?? Task.Delay(Timeout.Infinite, stopping.Token);
        _ = TrimAsync(Task.WhenAll(loop.Ready, answering), TimeProvider.System, stopping.Token);
        try
        {
            await (await Task.WhenAny([.. others, following, syncing, serving, sweeping]).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await syncing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WaitForListsAsync(ClusterTracker tracker, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        await tracker.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await tracker.Complete.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log.StartingIncomplete(Patience.TotalSeconds);
        }
    }

    // Once it has settled, pages alone: most of what was run for one event is not run for each.
    private static async Task TrimAsync(Task ready, TimeProvider time, CancellationToken cancellationToken)
    {
        await ready.ConfigureAwait(false);
        foreach (var pause in Settling)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            ResidentMemory.Trim();
        }

        using var timer = new PeriodicTimer(Rest, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            ResidentMemory.DropPages();
        }
    }

    private static IReadOnlyList<ServicePlan> Plan(
        Planner planner, IReadOnlyList<ServiceSnapshot> changed, NodeConfig node, IEventRecorder events, ILogger log)
    {
        var result = planner.Plan(changed, node);
        foreach (var problem in result.Problems)
        {
            log.NotPlanned(problem);
            if (problem.IsMistake)
            {
                events.Warn(problem.Service, problem.Uid, $"{problem.Kind}", "PlanService", $"{problem}");
            }
        }

        return result.Plans;
    }
}
