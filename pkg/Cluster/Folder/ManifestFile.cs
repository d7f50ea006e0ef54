using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>The good objects of one file, or of all of them.</summary>
internal sealed class ManifestFile
{
    private readonly Dictionary<(Type Kind, ObjectName Name), object> _objects = [];

    public IReadOnlyCollection<Service> Services => [.. _objects.Values.OfType<Service>()];

    public IReadOnlyCollection<EndpointSlice> Slices => [.. _objects.Values.OfType<EndpointSlice>()];

    public IReadOnlyCollection<Node> Nodes => [.. _objects.Values.OfType<Node>()];

    public IReadOnlyCollection<ServiceCidr> ServiceCidrs => [.. _objects.Values.OfType<ServiceCidr>()];

    public IEnumerable<((Type Kind, ObjectName Name) Key, object Object)> Objects => _objects.Select(entry => (entry.Key, entry.Value));

    public object? Find(Type kind, ObjectName name) => _objects.GetValueOrDefault((kind, name));

    /// <summary>Returns false, and changes nothing, where there is one of that kind and name.</summary>
    public bool TryAdd(Type kind, ObjectName name, object item) => _objects.TryAdd((kind, name), item);
}
