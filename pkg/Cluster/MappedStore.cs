using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>Hands on to another store what it makes of each object.</summary>
/// <param name="map">Keeps the object's name; called from several threads.</param>
public sealed class MappedStore<T>(IObjectStore<T> inner, Func<T, T> map) : IObjectStore<T>
{
    /// <inheritdoc/>
    public void Upsert(T item) => inner.Upsert(map(item));

    /// <inheritdoc/>
    public void Remove(ObjectName name) => inner.Remove(name);

    /// <inheritdoc/>
    public void Replace(IReadOnlyCollection<T> items, IReadOnlyCollection<ObjectName>? unusable) => inner.Replace([.. items.Select(map)], unusable);
}
