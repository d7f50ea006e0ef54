using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>
/// All objects of one kind, the changes that a watch can still resume from, and the watches. Guarded by the store's lock.
/// </summary>
internal sealed class ResourceTable(ApiResource resource, Lock gate, int historyLimit)
{
    private readonly SortedList<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly Queue<StoreEvent> _history = new();
    private readonly List<Subscription> _subscriptions = [];
    private StoredObject[]? _sorted;

    public ApiResource Resource { get; } = resource;

    /// <summary>The oldest version from which a watch can start.</summary>
    public long Floor { get; private set; }

    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>The objects by key. The array is never written to again: a list of many pages keeps it.</summary>
    public StoredObject[] Sorted => _sorted ??= [.. _objects.Values];

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>Takes objects in without an event: nobody can watch from before this.</summary>
    public void Load(IEnumerable<StoredObject> objects, long version)
    {
        foreach (var item in objects)
        {
            _objects[item.Key] = item;
        }

        _sorted = null;
        Compact(version);
    }

    public void Record(StoreEvent change)
    {
        _sorted = null;
        if (change.After is { } after)
        {
            _objects[after.Key] = after;
        }
        else
        {
            _objects.Remove(change.Before!.Key);
        }

        _history.Enqueue(change);
        if (_history.Count > historyLimit)
        {
            Floor = _history.Dequeue().Version;
        }

        Post(new WatchItem.Change(change));
    }

    public void Compact(long version)
    {
        _history.Clear();
        Floor = version;
    }

    public void Post(WatchItem item) => _subscriptions.ForEach(s => s.Post(item));

    /// <summary>Starts a watch from a version: what happened since, then what happens.</summary>
    public Subscription SubscribeFrom(long version, long current, bool allowBookmarks)
    {
        var subscription = new Subscription(this, allowBookmarks);
        if (version < Floor)
        {
            subscription.Post(new WatchItem.Failure(ApiStatusBody.TooOld(version, current)));
            return subscription;
        }

        foreach (var change in _history.Where(c => c.Version > version))
        {
            subscription.Post(new WatchItem.Change(change));
        }

        _subscriptions.Add(subscription);
        return subscription;
    }

    /// <summary>Starts a watch with all that is there, then what happens.</summary>
    public Subscription SubscribeWithState(bool allowBookmarks, long? bookmark)
    {
        var subscription = new Subscription(this, allowBookmarks);
        subscription.Post(new WatchItem.InitialState(Sorted));
        if (bookmark is { } version)
        {
            subscription.Post(new WatchItem.Bookmark(version, EndsInitialEvents: true));
        }

        _subscriptions.Add(subscription);
        return subscription;
    }

    public void Unsubscribe(Subscription subscription)
    {
        lock (gate)
        {
            _subscriptions.Remove(subscription);
        }
    }
}
