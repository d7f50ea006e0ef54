using KubeProxyNext.Model;

namespace KubeProxyNext.Web.Health;

/// <summary>
/// Whether changes come into force in time, family by family (behaviour 7.1). Where nothing changes nobody is late. Safe to call from
/// several threads; no call takes long.
/// </summary>
/// <param name="timeout">From when on a change that is not in force is late.</param>
public sealed class ProxyHealth(TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<IpFamily, Backlog> _families = [];

    /// <summary>These families are served from now on.</summary>
    public void Begin(IEnumerable<IpFamily> families)
    {
        lock (_lock)
        {
            foreach (var family in families)
            {
                _families.TryAdd(family, new(time.GetUtcNow()));
            }
        }
    }

    /// <summary>Something changed.</summary>
    public void Queue() => ForEach(backlog => backlog.Waiting ??= time.GetTimestamp());

    /// <summary>A sync has begun, with all that changed until now; what changes during it waits for the next one.</summary>
    public void Take() => ForEach(backlog => (backlog.Taken, backlog.Waiting) = (backlog.Taken ?? backlog.Waiting, null));

    /// <summary>All that was taken is in force in a family.</summary>
    public void Complete(IpFamily family)
    {
        lock (_lock)
        {
            if (_families.TryGetValue(family, out var backlog))
            {
                (backlog.LastUpdated, backlog.Taken) = (time.GetUtcNow(), null);
            }
        }
    }

    /// <summary>How it is now.</summary>
    public HealthReport Read()
    {
        lock (_lock)
        {
            return new(time.GetUtcNow(), [.. _families.Select(pair => Report(pair.Key, pair.Value))]);
        }
    }

    private void ForEach(Action<Backlog> change)
    {
        lock (_lock)
        {
            foreach (var backlog in _families.Values)
            {
                change(backlog);
            }
        }
    }

    private FamilyHealth Report(IpFamily family, Backlog backlog)
    {
        var age = (backlog.Taken ?? backlog.Waiting) is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        return new(family, backlog.LastUpdated, age, age < timeout);
    }

    /// <summary>Since when changes of one family are not in force, by the clock that nobody sets.</summary>
    private sealed class Backlog(DateTimeOffset begun)
    {
        internal DateTimeOffset LastUpdated { get; set; } = begun;

        /// <summary>The first that no sync has taken.</summary>
        internal long? Waiting { get; set; }

        /// <summary>The first that a sync has taken.</summary>
        internal long? Taken { get; set; }
    }
}
