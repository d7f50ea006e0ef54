using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>One of the tracker's doors.</summary>
internal sealed class TrackerStore<T>(
    Action<T> upsert, Action<ObjectName> remove, Action<IReadOnlyCollection<T>, IReadOnlyCollection<ObjectName>> replace) : IObjectStore<T>
{
    public void Upsert(T item) => upsert(item);

    public void Remove(ObjectName name) => remove(name);

    public void Replace(IReadOnlyCollection<T> items, IReadOnlyCollection<ObjectName>? unusable) => replace(items, unusable ?? []);
}
