using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Dataplane;

/// <summary>Plans what changed: the final plans of all Services concerned, in the order in which they are to be applied.</summary>
public delegate IReadOnlyList<ServicePlan> PlanChanges(IReadOnlyList<ServiceSnapshot> changed, NodeConfig node);

/// <summary>
/// The one writer: takes what changed, plans it, applies it; what changes meanwhile merges into the next round. It has no period.
/// What could not be applied is tried again with every further change, and after a growing while.
/// </summary>
public sealed partial class SyncLoop(
    IClusterFeed feed, PlanChanges plan, NodeConfig node, Dataplane dataplane, Random jitter, TimeProvider time, ILogger logger)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeConfig _node = node;
    private bool _isOutgrown;

    /// <summary>Whether processes are kept from binding ports that are NodePorts on this node.</summary>
    public bool BindProtection { get; init; } = true;

    /// <summary>Hears of this node's Node object, before Services are planned with it.</summary>
    public Action<Node>? OnNode { get; init; }

    /// <summary>Hears of what is about to be planned; null where only what could not be applied is tried again.</summary>
    public Action<ClusterChanges?>? OnTaken { get; init; }

    /// <summary>Hears what came of it, when all that could be is in force.</summary>
    public Action<SyncResult>? OnSynced { get; init; }

    /// <summary>Called once, when the first complete state is in force and the socket programs are at work, before <see cref="Ready"/>.</summary>
    public Action? OnAttached { get; init; }

    /// <summary>
    /// Asked after each round, with what could not be put in force: whether larger maps are to take the place of these. Then the loop ends.
    /// </summary>
    public Func<IReadOnlyList<ApplyFailure>, bool>? IsOutgrown { get; init; }

    /// <summary>How often what somebody else may have changed is looked for and put right; zero for never.</summary>
    public TimeSpan AuditInterval { get; init; }

    /// <summary>Hears of what was not as it had been left, when it is put right.</summary>
    public Action<IReadOnlyList<Drift>>? OnDrift { get; init; }

    /// <summary>Completes when the first complete state of the cluster is in force and the programs are at work.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Runs until it is cancelled, or the maps are outgrown; the dataplane stays as it is then.</summary>
    /// <param name="prepared">What has to be complete before anything is put in force.</param>
    public async Task RunAsync(Task prepared, CancellationToken cancellationToken)
    {
        await prepared.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var audits = new PeriodicTimer(AuditInterval > TimeSpan.Zero ? AuditInterval : Timeout.InfiniteTimeSpan, time);
        var audit = audits.WaitForNextTickAsync(cancellationToken).AsTask();
        var next = feed.TakeAsync(cancellationToken).AsTask();
        while (!_isOutgrown)
        {
            // Before all else that may have to be waited for again and again.
            if (audit.IsCompleted)
            {
                await audit.ConfigureAwait(false);
                Audit();
                audit = audits.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            if (dataplane.GracePeriod is { } over && await Task.WhenAny(next, over).ConfigureAwait(false) == over)
            {
                dataplane.Collect();
                continue;
            }

            if (_failed.Count > 0 && await IsRetryDueAsync(next, cancellationToken).ConfigureAwait(false))
            {
                Retry();
                continue;
            }

            if (await Task.WhenAny(next, audit).ConfigureAwait(false) == next)
            {
                Sync(await next.ConfigureAwait(false));
                next = _isOutgrown ? next : feed.TakeAsync(cancellationToken).AsTask();
            }
        }
    }

    private void Audit()
    {
        if (!_ready.Task.IsCompleted)
        {
            return;
        }

        var report = dataplane.Audit();
        if (report.Drifts.Count > 0)
        {
            OnDrift?.Invoke(report.Drifts);
        }

        if (report.Failures.Count > 0)
        {
            logger.NotAudited(report.Failures[0] + (report.Failures.Count > 1 ? $"; and {report.Failures.Count - 1} more" : ""));
        }
    }

    private void Sync(ClusterChanges changes)
    {
        var started = time.GetTimestamp();
        var before = _node;
        OnTaken?.Invoke(changes);
        Take(changes);
        var plans = plan(changes.Services, _node);
        var planning = time.GetElapsedTime(started);
        foreach (var superseded in plans)
        {
            _failed.Remove(superseded.Name);
        }

        var areNew = changes.IsFirst || _node.ServiceNetworks != before.ServiceNetworks;
        IReadOnlyList<ServicePlan> all = [.. plans, .. _failed.Values.Select(failure => failure.Plan)];
        var families = ApplyWithNetworks(all, before.ServiceNetworks, areNew);
        if (_isOutgrown)
        {
            return;
        }

        if (changes.IsFirst)
        {
            PutToWork(changes.Services.Count, started);
        }

        logger.Synced(changes.Services.Count, plans.Count, time.GetElapsedTime(started).TotalMilliseconds);
        OnSynced?.Invoke(new(all, areNew || _node.Zone != before.Zone, planning, families));
        if (changes.IsFirst)
        {
            _ready.TrySetResult();
        }
    }

    private void PutToWork(int services, long started)
    {
        dataplane.RemoveUnclaimed();
        dataplane.Attach(BindProtection, logger.BindRefused);
        logger.InForce(services, dataplane.FrontendCount, time.GetElapsedTime(started).TotalMilliseconds);
        OnAttached?.Invoke();
        dataplane.RemoveFormer();
        dataplane.Unmap();
        logger.Ready(services, dataplane.FrontendCount, time.GetElapsedTime(started).TotalMilliseconds);
    }

    // What no Service has at its cluster IP is refused by its network, or where there is none, by the Service. Networks that come do so
    // before Services stop to refuse, those that go after Services have begun to.
    private FamilyResult[] ApplyWithNetworks(IReadOnlyList<ServicePlan> plans, ValueArray<IpNetwork> before, bool areNew)
    {
        var now = _node.ServiceNetworks;
        var come = !now.IsEmpty && before.All(network => now.Any(other => other.Contains(network)));
        if (areNew && come)
        {
            dataplane.SetServiceNetworks(now);
        }

        var families = Apply(plans);
        if (areNew && !come)
        {
            dataplane.SetServiceNetworks(now);
        }

        return families;
    }

    private void Take(ClusterChanges changes)
    {
        if (changes.Node is { } seen)
        {
            _node = _node with { Zone = seen.Zone, Addresses = seen.Addresses };
            OnNode?.Invoke(seen);
        }

        _node = _node with { ServiceNetworks = changes.ServiceNetworks };
    }

    private FamilyResult[] Apply(IReadOnlyList<ServicePlan> plans)
    {
        FamilyResult[] families = [.. dataplane.Families.Select(family => Apply(plans, family))];
        ApplyFailure[] failures = [.. families.SelectMany(family => family.Failures)];
        _isOutgrown = IsOutgrown?.Invoke(failures) ?? false;
        if (!_isOutgrown)
        {
            NoteFailures(failures);
        }

        return families;
    }

    private FamilyResult Apply(IReadOnlyList<ServicePlan> plans, IpFamily family)
    {
        var started = time.GetTimestamp();
        var failures = dataplane.Apply(plans, family);
        return new(family, time.GetElapsedTime(started), failures);
    }
}
