using System.Diagnostics.Metrics;
using KubeProxyNext.Bpf;
using KubeProxyNext.Cluster;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using KubeProxyNext.Planning;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Maps and programs of one size, and the loops that work on them, until larger ones are to take their place.</summary>
internal sealed class DataplaneRun(
    RunOptions options, NodeConfig node, OwnNode own, ClusterTracker tracker, WebService web, Source source, Meter meter,
    ILoggerFactory loggers, TimeProvider time)
{
    // The Node and ServiceCIDRs concern every Service: a start without them serves other backends than it should, and is put right when
    // they come. But what may not be had must not keep changes of endpoints back (behaviour 11.2 waits longer, for the Node alone).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // What a start runs on after it: what was begun meanwhile ends, events are told, first probes and scrapes are answered.
    private static readonly TimeSpan[] Settling = [TimeSpan.Zero, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(27)];
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log = loggers.CreateLogger("Daemon");

    /// <summary>Completes when the first complete state of the cluster is in force and the programs are at work.</summary>
    internal Task Ready => _ready.Task;

    /// <summary>Whether rules of netfilter served the same clients until now.</summary>
    internal required bool BesideNetfilter { get; init; }

    /// <summary>Runs until one of the others has ended.</summary>
    /// <returns>What is to take the place of these maps; null where another has ended.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal async Task<MapCapacities?> RunAsync(
        MapCapacities capacities, MapGrowth growth, PinOwner owner, IReadOnlyList<Task> others, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var dataplane = Dataplane.Dataplane.Load(
            options.Bpffs, options.Cgroup, node.Families, capacities, logger: loggers.CreateLogger("Dataplane"),
            devices: options.Devices.IsNone ? null : options.Attach, besideNetfilter: BesideNetfilter, owner: owner);
        var drifts = new DriftReport(options.NodeName, source.Events, meter, _log);
        using var monitor = new AddressMonitor();
        var addresses = new NodeAddressLoop(monitor, options.NodePorts, node.Families, dataplane, _log) { OnListen = web.SetAddresses };
        using var devices = options.Devices.IsNone
            ? null
            : DeviceService.Create(options, node.Families, dataplane, drifts, meter, time, loggers.CreateLogger("Devices"));

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
        var watch = new MapWatch(dataplane, growth, flows, time);
        var planner = new Planner();
        var loop = new SyncLoop(
            tracker, (changed, config) => Plan(planner, changed, config), node, dataplane, new Random(), time, loggers.CreateLogger("SyncLoop"))
        {
            BindProtection = options.BindProtection,
            OnNode = TakeNode,
            OnAttached = devices is null ? null : devices.Loop.Serve,
            OnTaken = web.Take,
            OnSynced = web.Take,
            IsOutgrown = watch.IsOutgrown,
            AuditInterval = options.AuditInterval,
            OnDrift = drifts.Take,
        };
        await RunAsync(loop, addresses, devices, flows, watch, others, stopping).ConfigureAwait(false);
        return watch.Wanted;
    }

    // Until one of them ends. All have ended when this returns: the dataplane is theirs. The addresses are in force before the programs.
    private async Task RunAsync(
        SyncLoop loop, NodeAddressLoop addresses, DeviceService? devices, FlowSweeper? flows, MapWatch watch, IReadOnlyList<Task> others,
        CancellationTokenSource stopping)
    {
        var never = Task.Delay(Timeout.Infinite, stopping.Token);
        var following = addresses.RunAsync(stopping.Token);
        var serving = devices?.Loop.RunAsync(loop.Ready, stopping.Token) ?? never;
        var known = devices is null ? Task.CompletedTask : Task.WhenAny(devices.Loop.First, serving);
        var syncing = loop.RunAsync(
            Task.WhenAll(WaitForListsAsync(stopping.Token), known, Task.WhenAny(addresses.First, following)), stopping.Token);
        Task[] own = [following, syncing, serving, flows?.RunAsync(loop.Ready, stopping.Token) ?? never, watch.RunAsync(loop.Ready, stopping.Token)];
        _ = TellReadyAsync(loop.Ready, stopping.Token);
        _ = TrimAsync(Task.WhenAll(loop.Ready, web.Started), TimeProvider.System, stopping.Token);
        try
        {
            await (await Task.WhenAny([.. others, .. own]).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(own).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellReadyAsync(Task ready, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        _ready.TrySetResult();
    }

    private async Task WaitForListsAsync(CancellationToken cancellationToken)
    {
        await tracker.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await tracker.Complete.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.StartingIncomplete(Patience.TotalSeconds);
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

    private IReadOnlyList<ServicePlan> Plan(Planner planner, IReadOnlyList<ServiceSnapshot> changed, NodeConfig config)
    {
        var result = planner.Plan(changed, config with { ApiServers = source.ApiServers?.All ?? [] });
        foreach (var problem in result.Problems)
        {
            _log.NotPlanned(problem);
            if (problem.IsMistake)
            {
                source.Events.Warn(problem.Service, problem.Uid, $"{problem.Kind}", "PlanService", $"{problem}");
            }
        }

        return result.Plans;
    }
}
