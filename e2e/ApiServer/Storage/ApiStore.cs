using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>What the server knows: four tables under one lock and one rising version.</summary>
internal sealed class ApiStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ApiResource, ResourceTable> _tables;
    private readonly MetadataClerk _clerk;
    private long _version = 1;
    private TaskCompletionSource _watchStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ApiStore(TimeProvider time, int historyLimit)
    {
        _clerk = new MetadataClerk(time);
        _tables = ApiResource.All.ToDictionary(r => r, r => new ResourceTable(r, _gate, historyLimit));
        foreach (var table in _tables.Values)
        {
            table.Compact(_version);
        }
    }

    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    public (StoredObject[] Objects, long Version) Snapshot(ApiResource resource)
    {
        lock (_gate)
        {
            return (_tables[resource].Sorted, _version);
        }
    }

    public StoredObject? Find(ApiResource resource, string key)
    {
        lock (_gate)
        {
            return _tables[resource].Find(key);
        }
    }

    /// <summary>Creates or replaces; what is the same already is no change.</summary>
    public StoredObject Apply(ApiResource resource, JsonObject body)
    {
        lock (_gate)
        {
            var key = MetadataClerk.Name(resource, body);
            var before = _tables[resource].Find(key);
            if (!_clerk.Complete(resource, body, before))
            {
                return before!;
            }

            var after = StoredObject.From(resource, body, ++_version);
            _tables[resource].Record(new StoreEvent(_version, before, after));
            return after;
        }
    }

    public bool Delete(ApiResource resource, string key)
    {
        lock (_gate)
        {
            if (_tables[resource].Find(key) is not { } before)
            {
                return false;
            }

            _tables[resource].Record(new StoreEvent(++_version, before, After: null));
            return true;
        }
    }

    /// <summary>Takes in finished objects without events; the version becomes at least the one given.</summary>
    public void Load(ApiResource resource, IEnumerable<StoredObject> objects, long version)
    {
        lock (_gate)
        {
            _version = Math.Max(_version, version);
            _tables[resource].Load(objects, _version);
        }
    }

    /// <summary>Forgets all history: a watch from an older version than the present one is told that it expired.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            foreach (var table in _tables.Values)
            {
                table.Compact(_version);
            }
        }
    }

    public void Post(ApiResource? resource, Func<long, WatchItem> item, bool toBookmarkersOnly = false)
    {
        lock (_gate)
        {
            foreach (var table in _tables.Values.Where(t => resource is null || t.Resource == resource))
            {
                foreach (var subscription in table.Subscriptions.Where(s => s.AllowBookmarks || !toBookmarkersOnly))
                {
                    subscription.Post(item(_version));
                }
            }
        }
    }

    public void PostBookmark(Subscription subscription)
    {
        lock (_gate)
        {
            subscription.Post(new WatchItem.Bookmark(_version));
        }
    }

    public int CountWatches(ApiResource? resource)
    {
        lock (_gate)
        {
            return _tables.Values.Where(t => resource is null || t.Resource == resource).Sum(t => t.Subscriptions.Count);
        }
    }

    /// <summary>Waits until at least so many watches are open.</summary>
    public async Task WaitForWatchesAsync(ApiResource? resource, int count, CancellationToken cancellation)
    {
        while (true)
        {
            Task started;
            lock (_gate)
            {
                started = _watchStarted.Task;
            }

            if (CountWatches(resource) >= count)
            {
                return;
            }

            await started.WaitAsync(cancellation);
        }
    }

    public Subscription SubscribeFrom(ApiResource resource, long version, bool allowBookmarks) =>
        Subscribe(() => _tables[resource].SubscribeFrom(version, _version, allowBookmarks));

    public Subscription SubscribeWithState(ApiResource resource, bool allowBookmarks, bool endWithBookmark) =>
        Subscribe(() => _tables[resource].SubscribeWithState(allowBookmarks, endWithBookmark ? _version : null));

    private Subscription Subscribe(Func<Subscription> start)
    {
        TaskCompletionSource started;
        Subscription subscription;
        lock (_gate)
        {
            subscription = start();
            started = _watchStarted;
            _watchStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        started.SetResult();
        return subscription;
    }
}
