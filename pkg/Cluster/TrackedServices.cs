using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>
/// All Services and slices, and which Services changed since they were last taken. Every change says whether it was one.
/// Slices are found by their own name, so that one whose Service changes moves (behaviour 1.4). Not thread safe.
/// </summary>
internal sealed class TrackedServices
{
    private readonly Dictionary<ObjectName, TrackedService> _services = [];
    private readonly Dictionary<ObjectName, EndpointSlice> _slices = [];
    private readonly List<ObjectName> _marked = [];

    public bool HasChanges => _marked.Count > 0;

    /// <summary>How many Services changed since they were last taken.</summary>
    public int ChangedServices => _marked.Count;

    /// <summary>How many changes of slices were not taken yet.</summary>
    public int SliceChanges { get; private set; }

    /// <summary>The newest state of each Service that changed; from here on they count as unchanged.</summary>
    /// <param name="triggerTimes">See <see cref="ClusterChanges.TriggerTimes"/>.</param>
    public IReadOnlyList<ServiceSnapshot> Take(out IReadOnlyList<(IpFamily Family, DateTimeOffset Time)> triggerTimes)
    {
        var times = new List<(IpFamily, DateTimeOffset)>();
        var snapshots = new ServiceSnapshot[_marked.Count];
        for (var i = 0; i < snapshots.Length; i++)
        {
            var name = _marked[i];
            var tracked = _services[name];
            snapshots[i] = new(name, tracked.Service, tracked.Slices);
            tracked.IsMarked = false;
            times.AddRange(tracked.TriggerTimes ?? []);
            tracked.TriggerTimes = null;
            if (tracked.IsEmpty)
            {
                _services.Remove(name);
            }
        }

        _marked.Clear();
        SliceChanges = 0;
        triggerTimes = times;
        return snapshots;
    }

    public void MarkAll()
    {
        foreach (var (name, tracked) in _services)
        {
            Mark(name, tracked);
        }
    }

    public bool Set(Service service)
    {
        var tracked = Track(service.Name);
        if (service.Equals(tracked.Service))
        {
            return false;
        }

        tracked.Service = service;
        return Mark(service.Name, tracked);
    }

    public bool RemoveService(ObjectName name)
    {
        if (!_services.TryGetValue(name, out var tracked) || tracked.Service is null)
        {
            return false;
        }

        tracked.Service = null;
        return Mark(name, tracked);
    }

    /// <param name="unusable">Stay as they are.</param>
    public bool ReplaceServices(IReadOnlyCollection<Service> services, IReadOnlyCollection<ObjectName> unusable)
    {
        var names = services.Select(service => service.Name).Concat(unusable).ToHashSet();
        var gone = _services.Where(entry => entry.Value.Service is not null && !names.Contains(entry.Key)).Select(entry => entry.Key);
        return RemoveAll(gone, RemoveService) | SetAll(services, Set);
    }

    public bool Set(EndpointSlice slice)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_slices, slice.Name, out _);
        if (slice.Equals(known))
        {
            return false;
        }

        if (known is not null && known.Service != slice.Service)
        {
            Detach(known);
        }

        known = slice;
        var tracked = Track(slice.Service);
        tracked.Add(slice);
        SliceChanges++;
        return Mark(slice.Service, tracked);
    }

    public bool RemoveSlice(ObjectName name) => _slices.Remove(name, out var known) && Detach(known);

    /// <param name="unusable">Stay as they are.</param>
    public bool ReplaceSlices(IReadOnlyCollection<EndpointSlice> slices, IReadOnlyCollection<ObjectName> unusable)
    {
        var names = slices.Select(slice => slice.Name).Concat(unusable).ToHashSet();
        return RemoveAll(_slices.Keys.Where(name => !names.Contains(name)), RemoveSlice) | SetAll(slices, Set);
    }

    private static bool RemoveAll(IEnumerable<ObjectName> gone, Func<ObjectName, bool> remove)
    {
        var changed = false;
        foreach (var name in gone.ToList())
        {
            changed |= remove(name);
        }

        return changed;
    }

    private static bool SetAll<T>(IReadOnlyCollection<T> items, Func<T, bool> set)
    {
        var changed = false;
        foreach (var item in items)
        {
            changed |= set(item);
        }

        return changed;
    }

    private bool Detach(EndpointSlice slice)
    {
        var tracked = _services[slice.Service];
        tracked.Remove(slice.Name);
        SliceChanges++;
        return Mark(slice.Service, tracked);
    }

    private TrackedService Track(ObjectName name)
    {
        ref var tracked = ref CollectionsMarshal.GetValueRefOrAddDefault(_services, name, out _);
        return tracked ??= new();
    }

    private bool Mark(ObjectName name, TrackedService tracked)
    {
        if (!tracked.IsMarked)
        {
            tracked.IsMarked = true;
            _marked.Add(name);
        }

        return true;
    }
}
