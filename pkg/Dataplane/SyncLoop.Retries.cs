using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What could not be applied, and when it is tried again.</summary>
public sealed partial class SyncLoop
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ObjectName, ApplyFailure> _failed = [];
    private TimeSpan _retry = FirstRetry;

    // Half of the delay is fixed, half is random, so that nodes that failed together do not try together.
    private async Task<bool> IsRetryDueAsync(Task next, CancellationToken cancellationToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(_retry * (0.5 + jitter.NextDouble() / 2), time, cancel.Token);
        var isDue = await Task.WhenAny(next, delay).ConfigureAwait(false) == delay;
        await cancel.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return isDue;
    }

    private void Retry()
    {
        _retry = TimeSpan.FromTicks(Math.Min(_retry.Ticks * 2, LongestRetry.Ticks));
        OnTaken?.Invoke(null);
        IReadOnlyList<ServicePlan> plans = [.. _failed.Values.Select(failure => failure.Plan)];
        var families = Apply(plans);
        if (!_isOutgrown)
        {
            OnSynced?.Invoke(new(plans, IsFull: false, TimeSpan.Zero, families));
        }
    }

    private void NoteFailures(IEnumerable<ApplyFailure> failures)
    {
        var known = new HashSet<ObjectName>(_failed.Keys);
        _failed.Clear();
        foreach (var failure in failures)
        {
            if (_failed.TryAdd(failure.Plan.Name, failure) && !known.Contains(failure.Plan.Name))
            {
                logger.NotApplied(failure.Plan.Name, failure.Error.Message);
            }
        }

        foreach (var name in known.Where(name => !_failed.ContainsKey(name)))
        {
            logger.AppliedAfterAll(name);
        }

        if (_failed.Count == 0)
        {
            _retry = FirstRetry;
        }
    }
}
