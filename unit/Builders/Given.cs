using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Builders;

/// <summary>
/// The things of a cluster, from the short text that a person would write. Meant for <c>using static</c>. Names are
/// <c>namespace/name</c>, or a name alone in the namespace <c>default</c>.
/// </summary>
public static class Given
{
    /// <summary>A node of that name, of both families, with the addresses and networks of the fixture in behaviour 12.</summary>
    public static NodeConfig Node(string name, string? zone = null) => new(name, zone, [IpFamily.IPv4, IpFamily.IPv6])
    {
        Addresses = [IpAddress.Parse("192.0.2.11"), IpAddress.Parse("2001:db8:a::11")],
        ServiceNetworks = [Text.Network("10.96.0.0/12"), Text.Network("2001:db8:96::/112")],
    };

    public static ServiceBuilder Service(string name) => new(Text.Name(name));

    /// <summary>A ready endpoint of the Service on some other node: <c>10.0.2.7:8080</c>, <c>[2001:db8::7]:53/UDP</c>.</summary>
    public static EndpointBuilder Endpoint(string service, string address) => new(Text.Name(service), Text.Address(address));

    /// <summary>All of it as the tracker would tell it: one snapshot per Service, its slices sorted by name.</summary>
    public static IReadOnlyList<ServiceSnapshot> Snapshots(params IEnumerable<IClusterItem> items)
    {
        var all = items.ToList();
        var services = all.OfType<ServiceBuilder>().Select(builder => builder.Build()).ToDictionary(service => service.Name);
        var slices = Slices(all.OfType<EndpointBuilder>()).ToLookup(slice => slice.Service);
        return
        [
            .. services.Keys.Union(slices.Select(group => group.Key)).Order().Select(name =>
                new ServiceSnapshot(name, services.GetValueOrDefault(name), [.. slices[name].OrderBy(slice => slice.Name)])),
        ];
    }

    // An endpoint that names no slice is alone in one, named after its place in the list.
    private static IEnumerable<EndpointSlice> Slices(IEnumerable<EndpointBuilder> endpoints) => endpoints
        .Select((endpoint, place) => (Endpoint: endpoint, Slice: endpoint.SliceName ?? $"{endpoint.Service.Name}-{place:D4}"))
        .GroupBy(item => (item.Endpoint.Service, item.Slice, item.Endpoint.Family), item => item.Endpoint)
        .Select(group => new EndpointSlice
        {
            Name = new ObjectName(group.Key.Service.Namespace, group.Key.Slice),
            Service = group.Key.Service,
            Family = group.Key.Family,
            Ports = [.. group.Select(endpoint => endpoint.Port).Distinct()],
            Endpoints = [.. group.Select(endpoint => endpoint.Build())],
            Annotations = [.. group.SelectMany(endpoint => endpoint.SliceAnnotations)],
        });
}
