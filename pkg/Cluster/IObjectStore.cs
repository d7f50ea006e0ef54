using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>Where a source puts what it hears of one kind of object. Safe to call from several threads.</summary>
public interface IObjectStore<in T>
{
    /// <summary>Adds the object, or takes it for the newest state of the one with its name.</summary>
    void Upsert(T item);

    /// <summary>Forgets the object; an unknown name is no error.</summary>
    void Remove(ObjectName name);

    /// <summary>
    /// Takes a complete list: what is not in it is gone, what is equal is no change. The first one opens the gate of
    /// <see cref="IClusterFeed.TakeAsync"/> for this kind.
    /// </summary>
    /// <param name="unusable">Objects that are there in a state that cannot be used: what is known of them stays.</param>
    void Replace(IReadOnlyCollection<T> items, IReadOnlyCollection<ObjectName>? unusable = null);
}
