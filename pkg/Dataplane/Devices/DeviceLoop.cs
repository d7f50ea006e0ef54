using System.Diagnostics.Metrics;
using System.Threading.Channels;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// Keeps the programs at the devices that they are to be at, as those come and go and change. It is level-triggered: it takes the newest
/// state, and tries again after a while what did not work.
/// </summary>
public sealed class DeviceLoop(
    NetworkMonitor monitor, NextHopMonitor nextHops, DeviceOptions options, LocalMode localMode, PacketConfig config,
    IReadOnlyCollection<IpFamily> families, Dataplane dataplane, Meter meter, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DevicePlanner _planner = new(options, localMode.IsDetected);
    private readonly HashSet<(int Index, string Message)> _failures = [];
    private readonly HashSet<int> _served = [];
    private readonly Counter<long> _failed = meter.CreateCounter<long>(
        "kube_proxy_next_device_failures_total", description: "Attempts to serve a device, or to leave it, that the kernel refused.");

    private volatile NetworkState? _network;
    private volatile Node? _node;
    private PacketConfig? _configured;
    private bool _servesPods;

    /// <summary>How often what somebody else may have changed is looked for; zero for never.</summary>
    public TimeSpan AuditInterval { get; init; }

    /// <summary>Hears of what was not as it had been left, when it is put right.</summary>
    public Action<IReadOnlyList<Drift>>? OnDrift { get; init; }

    /// <summary>Completes when the devices are known that are there at the start.</summary>
    public Task First => _first.Task;

    /// <summary>Takes the Node object. Any thread may call.</summary>
    public void Take(Node node)
    {
        _node = node;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>Serves the devices that are there now: for before <c>attached</c> completes, see <see cref="RunAsync"/>.</summary>
    public void Serve()
    {
        if (_network is { } network)
        {
            Serve(network);
        }
    }

    /// <summary>Runs until it is cancelled; the dataplane stays as it is then.</summary>
    /// <param name="attached">Completes when Services are in force and the socket programs at work.</param>
    public async Task RunAsync(Task attached, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = FollowAsync(stopping.Token);
        var forgetting = ForgetNextHopsAsync(stopping.Token);
        var serving = ServeAsync(attached, stopping.Token);
        var auditing = AuditAsync(attached, stopping.Token);
        try
        {
            await (await Task.WhenAny(following, forgetting, serving, auditing).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(following, forgetting, serving, auditing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var state in monitor.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            _network = state;
            _first.TrySetResult();
            _changed.Writer.TryWrite(true);
        }
    }

    private async Task ForgetNextHopsAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in nextHops.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            dataplane.ForgetNextHops();
        }
    }

    private async Task ServeAsync(Task attached, CancellationToken cancellationToken)
    {
        await attached.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            Serve();
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AuditAsync(Task attached, CancellationToken cancellationToken)
    {
        await attached.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(AuditInterval > TimeSpan.Zero ? AuditInterval : Timeout.InfiniteTimeSpan, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (dataplane.AuditDevices(Links.List().Select(link => link.Index).ToHashSet()) is { Count: > 0 } drifts)
                {
                    _changed.Writer.TryWrite(true);
                    OnDrift?.Invoke(drifts);
                }
            }
            catch (Exception error) when (error is Bpf.BpfException or NetlinkException)
            {
                logger.NotAudited(error.Message);
            }
        }
    }

    // For a change, or where something failed a while.
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = _changed.Reader.ReadAsync(cancel.Token).AsTask();
        var due = _failures.Count > 0 ? Task.Delay(Retry, time, cancel.Token) : Task.Delay(Timeout.Infinite, cancel.Token);
        var needed = _servesPods ? due : dataplane.PodDevicesNeeded;
        await Task.WhenAny(changed, due, needed).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(changed, due).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Serve(NetworkState network)
    {
        var node = _node;
        Configure(network, node);
        _servesPods = dataplane.PodDevicesNeeded.IsCompleted;
        var plans = _planner.Plan(network, [.. node?.Addresses ?? []], _servesPods);
        Note(plans, dataplane.ServeDevices(plans));
    }

    private void Configure(NetworkState network, Node? node)
    {
        var wanted = config with
        {
            Detector = localMode.Detector,
            Pods = localMode.PodsOf(node),
            NodeAddresses = [.. node?.Addresses ?? [], .. network.Addresses.Where(DeviceRoles.IsGlobal).Select(DeviceRoles.Ip)],
        };
        if (wanted == _configured)
        {
            return;
        }

        dataplane.ConfigurePackets(wanted);
        if (wanted.Pods != _configured?.Pods)
        {
            foreach (var family in localMode.Undetected(families, node))
            {
                logger.NoDetector(family, localMode.NeedsNode ? "the Node has no podCIDR" : "--cluster-cidr has no network");
            }
        }

        _configured = wanted;
    }

    private void Note(IReadOnlyList<DevicePlan> plans, IReadOnlyList<DeviceFailure> failures)
    {
        var failed = failures.Select(failure => failure.Device.Index).ToHashSet();
        var served = plans.Where(plan => plan.IsServed && !failed.Contains(plan.Index)).ToDictionary(plan => plan.Index, plan => plan.Name);
        foreach (var (index, name) in served.Where(device => _served.Add(device.Key)))
        {
            logger.DeviceServed(name, index);
        }

        _served.IntersectWith(served.Keys);

        // Of what is gone there is news to come.
        Fail([.. failures.Where(failure => !failure.IsGone).Select(failure => (failure.Device.Index, $"{failure.Device.Name}: {failure.Error.Message}"))]);
    }

    // Each once: it is tried again and again.
    private void Fail(IReadOnlyCollection<(int Index, string Message)> failures)
    {
        _failed.Add(failures.Count);
        foreach (var (_, message) in failures.Where(failure => !_failures.Contains(failure)))
        {
            logger.DeviceNotServed(message);
        }

        _failures.Clear();
        _failures.UnionWith(failures);
    }
}
