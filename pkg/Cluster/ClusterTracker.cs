using System.Diagnostics.Metrics;
using System.Threading.Channels;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>
/// Folds what a source says into snapshots, one Service at a time. A change costs the same however many Services there are;
/// what is equal to what is known wakes nobody; what changes while the reader is busy merges. Safe to call from several threads.
/// </summary>
public sealed class ClusterTracker : IClusterFeed
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TrackedServices _tracked = new();
    private readonly TrackedNetworks _networks = new();
    private readonly TrackerMetrics? _metrics;
    private Node? _node;
    private bool _nodeChanged;
    private bool _networksChanged;
    private bool _hasServices;
    private bool _hasSlices;
    private bool _hasNodes;
    private bool _hasServiceCidrs;
    private bool _wasTaken;

    /// <param name="meter">Makes the instruments of changes; null for none.</param>
    public ClusterTracker(Meter? meter = null)
    {
        _metrics = meter is null ? null : new(meter, CountPending);
        Services = new TrackerStore<Service>(
            upsert: service => Change(() => _tracked.Set(service), Count.Services),
            remove: name => Change(() => _tracked.RemoveService(name), Count.Services),
            replace: (services, unusable) => Change(() => Open(ref _hasServices) | _tracked.ReplaceServices(services, unusable), Count.Services, services.Count));
        Slices = new TrackerStore<EndpointSlice>(
            upsert: slice => Change(() => _tracked.Set(slice), Count.Slices),
            remove: name => Change(() => _tracked.RemoveSlice(name), Count.Slices),
            replace: (slices, unusable) => Change(() => Open(ref _hasSlices) | _tracked.ReplaceSlices(slices, unusable), Count.Slices, slices.Count));
        Nodes = new TrackerStore<Node>(
            upsert: node => Change(() => Set(node)),
            remove: static _ => { },
            replace: (nodes, _) => Change(() => List(ref _hasNodes) && nodes.Count > 0 && Set(nodes.Last())));
        ServiceCidrs = new TrackerStore<ServiceCidr>(
            upsert: cidr => Change(() => _networksChanged |= _networks.Set(cidr)),
            remove: name => Change(() => _networksChanged |= _networks.Remove(name.Name)),
            replace: (cidrs, unusable) => Change(() => List(ref _hasServiceCidrs) && (_networksChanged |= _networks.Replace(cidrs, unusable))));
    }

    public IObjectStore<Service> Services { get; }

    public IObjectStore<EndpointSlice> Slices { get; }

    /// <summary>Takes this node's own Node object alone. When it is gone the last one seen stays (behaviour 1.6, 7.1).</summary>
    public IObjectStore<Node> Nodes { get; }

    /// <summary>What counts is the union: a network stays until the last object that has it is gone (behaviour 1.7).</summary>
    public IObjectStore<ServiceCidr> ServiceCidrs { get; }

    /// <summary>Hears, on any thread, of every change that <see cref="TakeAsync"/> has to tell; it must be quick, and must not call back.</summary>
    public Action? OnNews { get; init; }

    /// <summary>This node's own Node object as it was seen last; null until then.</summary>
    public Node? Node => Volatile.Read(ref _node);

    /// <summary>Completes when <see cref="TakeAsync"/> has something to tell: the first lists of Services and EndpointSlices are in.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Completes when the first lists of all kinds are in, so that what comes first is not put right at once.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Has <see cref="TakeAsync"/> tell all that there is once more, as if it were the first time.</summary>
    public void Rewind()
    {
        lock (_lock)
        {
            _tracked.MarkAll();
            (_wasTaken, _nodeChanged, _networksChanged) = (false, true, true);
            _wake.Writer.TryWrite(true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterChanges> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (HasNews)
                {
                    return Take();
                }
            }

            await _wake.Reader.ReadAsync(cancellationToken);
        }
    }

    // Behaviour 1.8: Nodes and ServiceCIDRs are not waited for.
    private bool HasNews =>
        _hasServices && _hasSlices && (!_wasTaken || _nodeChanged || _networksChanged || _tracked.HasChanges);

    private ClusterChanges Take()
    {
        var changes = new ClusterChanges(_tracked.Take(out var triggerTimes), _node, IsFirst: !_wasTaken, _networks.Union) { TriggerTimes = triggerTimes };
        (_wasTaken, _nodeChanged, _networksChanged) = (true, false, false);
        return changes;
    }

    private void Change(Func<bool> change, Count kind = Count.Nothing, int events = 1)
    {
        switch (kind)
        {
            case Count.Services:
                _metrics?.Services(events);
                break;
            case Count.Slices:
                _metrics?.Slices(events);
                break;
        }

        lock (_lock)
        {
            if (change() && HasNews)
            {
                _wake.Writer.TryWrite(true);
                OnNews?.Invoke();
            }

            Announce();
        }
    }

    private void Announce()
    {
        if (_hasServices && _hasSlices)
        {
            _opened.TrySetResult();
            if (_hasNodes && _hasServiceCidrs)
            {
                _complete.TrySetResult();
            }
        }
    }

    private static bool List(ref bool isListed) => isListed = true;

    private static bool Open(ref bool gate)
    {
        var opens = !gate;
        gate = true;
        return opens;
    }

    // The zone decides which endpoints are near, for every Service.
    private bool Set(Node node)
    {
        if (node == _node)
        {
            return false;
        }

        if (node.Zone != _node?.Zone)
        {
            _tracked.MarkAll();
        }

        Volatile.Write(ref _node, node);
        return _nodeChanged = true;
    }

    private (int Slices, int Services) CountPending()
    {
        lock (_lock)
        {
            return (_tracked.SliceChanges, _tracked.ChangedServices);
        }
    }

    /// <summary>What an event is counted as.</summary>
    private enum Count
    {
        Nothing,
        Services,
        Slices,
    }
}
