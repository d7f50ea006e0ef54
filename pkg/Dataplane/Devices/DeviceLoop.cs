using System.Threading.Channels;
using KubeProxyNext.Bpf;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// Keeps the programs at the devices that they are to be at, as those come and go and change. It is level-triggered: it takes the newest
/// state, and tries again after a while what did not work.
/// </summary>
public sealed class DeviceLoop(
    NetworkMonitor monitor, DevicePlanner planner, PacketConfig config, Dataplane dataplane, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<(int Index, string Message)> _failures = [];
    private readonly HashSet<int> _served = [];
    private volatile NetworkState? _network;
    private volatile Node? _node;
    private PacketConfig? _configured;

    /// <summary>Takes the Node object. Any thread may call.</summary>
    public void Take(Node node)
    {
        _node = node;
        _changed.Writer.TryWrite(true);
    }

    /// <summary>Runs until it is cancelled; the dataplane stays as it is then.</summary>
    /// <param name="attached">Completes when Services are in force and the socket programs at work.</param>
    public async Task RunAsync(Task attached, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = FollowAsync(stopping.Token);
        var serving = ServeAsync(attached, stopping.Token);
        try
        {
            await (await Task.WhenAny(following, serving).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(following, serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var state in monitor.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            _network = state;
            _changed.Writer.TryWrite(true);
        }
    }

    private async Task ServeAsync(Task attached, CancellationToken cancellationToken)
    {
        await attached.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (_network is { } network)
            {
                Serve(network);
            }

            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // For a change, or where something failed a while.
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = _changed.Reader.ReadAsync(cancel.Token).AsTask();
        var due = _failures.Count > 0 ? Task.Delay(Retry, time, cancel.Token) : Task.Delay(Timeout.Infinite, cancel.Token);
        await Task.WhenAny(changed, due).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(changed, due).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Serve(NetworkState network)
    {
        Configure(network);
        var plans = planner.Plan(network);
        try
        {
            Note(plans, dataplane.ServeDevices(plans));
        }
        catch (BpfException error)
        {
            Fail([(0, error.Message)]);
        }
    }

    private void Configure(NetworkState network)
    {
        var wanted = config with { NodeAddresses = [.. (_node?.Addresses ?? []).Concat(GlobalAddresses(network))] };
        if (wanted != _configured)
        {
            dataplane.ConfigurePackets(wanted);
            _configured = wanted;
        }
    }

    private static IEnumerable<IpAddress> GlobalAddresses(NetworkState network) => network.Addresses
        .Where(address => address.IsUsable && address.Scope == AddressScope.Universe)
        .Select(address => IpAddress.FromBytes(address.Address.GetAddressBytes()));

    private void Note(IReadOnlyList<DevicePlan> plans, IReadOnlyList<DeviceFailure> failures)
    {
        var failed = failures.Select(failure => failure.Device.Index).ToHashSet();
        var served = plans.Where(plan => plan.IsServed && !failed.Contains(plan.Index)).ToDictionary(plan => plan.Index, plan => plan.Name);
        foreach (var (index, name) in served.Where(device => _served.Add(device.Key)))
        {
            logger.DeviceServed(name, index);
        }

        _served.IntersectWith(served.Keys);
        Fail([.. failures.Select(failure => (failure.Device.Index, $"{failure.Device.Name}: {failure.Error.Message}"))]);
    }

    // Each once: it is tried again and again.
    private void Fail(IReadOnlyCollection<(int Index, string Message)> failures)
    {
        foreach (var (_, message) in failures.Where(failure => !_failures.Contains(failure)))
        {
            logger.DeviceNotServed(message);
        }

        _failures.Clear();
        _failures.UnionWith(failures);
    }
}
