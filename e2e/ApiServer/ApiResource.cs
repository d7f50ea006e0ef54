namespace KubeProxyNext.ApiServer;

/// <summary>One of the kinds that the server serves.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Plural">Its name in a path: <c>services</c>.</param>
/// <param name="Kind">Its name in a body: <c>Service</c>.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    public static readonly ApiResource Services = new("", "v1", "services", "Service", Namespaced: true);

    public static readonly ApiResource Nodes = new("", "v1", "nodes", "Node", Namespaced: false);

    public static readonly ApiResource EndpointSlices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", Namespaced: true);

    public static readonly ApiResource ServiceCidrs = new("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", Namespaced: false);

    /// <summary>They can be created, and nothing else.</summary>
    public static readonly ApiResource Events = new("events.k8s.io", "v1", "events", "Event", Namespaced: true);

    /// <summary>Those that are listed and watched.</summary>
    public static readonly IReadOnlyList<ApiResource> All = [Services, Nodes, EndpointSlices, ServiceCidrs];

    /// <summary>As in <c>apiVersion</c>: <c>v1</c>, <c>discovery.k8s.io/v1</c>.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the group and version, with leading and trailing slash.</summary>
    internal string Root { get; } = Group.Length == 0 ? $"/api/{Version}/" : $"/apis/{Group}/{Version}/";

    public override string ToString() => Plural;
}
