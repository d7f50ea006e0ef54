namespace KubeProxyNext.ApiServer.Http;

/// <summary>What a path asks for.</summary>
/// <param name="Namespace">Empty for all namespaces.</param>
/// <param name="Name">Empty for a list or a watch.</param>
internal sealed record Route(ApiResource Resource, string Namespace, string Name)
{
    /// <summary>Null where nothing is served there.</summary>
    public static Route? Parse(string path) => Parse(path, ApiResource.All);

    /// <summary>Where objects are created; null where none are.</summary>
    public static Route? ParseCreation(string path) =>
        Parse(path, [ApiResource.Events]) is { Namespace.Length: > 0, Name.Length: 0 } route ? route : null;

    private static Route? Parse(string path, IReadOnlyList<ApiResource> resources)
    {
        foreach (var resource in resources)
        {
            if (path.StartsWith(resource.Root, StringComparison.Ordinal)
                && Parse(resource, path[resource.Root.Length..].Split('/')) is { } route)
            {
                return route;
            }
        }

        return null;
    }

    private static Route? Parse(ApiResource resource, string[] parts) => parts switch
    {
        [var plural] when plural == resource.Plural => new(resource, "", ""),
        [var plural, var name] when plural == resource.Plural && !resource.Namespaced => new(resource, "", name),
        ["namespaces", var ns, var plural] when plural == resource.Plural && resource.Namespaced => new(resource, ns, ""),
        ["namespaces", var ns, var plural, var name] when plural == resource.Plural && resource.Namespaced => new(resource, ns, name),
        _ => null,
    };
}
