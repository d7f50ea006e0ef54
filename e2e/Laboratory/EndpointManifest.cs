namespace KubeProxyNext.Laboratory;

/// <summary>A pod as a slice lists it: <c>new EndpointManifest(pod).Draining()</c>. It is ready unless something else is said.</summary>
public sealed record EndpointManifest(Pod Pod)
{
    private string Conditions { get; init; } = "ready: true";

    private string Zones { get; init; } = "[]";

    private string Nodes { get; init; } = "[]";

    public static implicit operator EndpointManifest(Pod pod) => new(pod);

    /// <summary>The pod is about to end, and still answers.</summary>
    public EndpointManifest Draining() => this with { Conditions = "ready: false, serving: true, terminating: true" };

    /// <summary>The pod runs, and does not answer.</summary>
    public EndpointManifest Failing() => this with { Conditions = "ready: false, serving: false, terminating: false" };

    /// <summary>Clients in these zones should get it.</summary>
    public EndpointManifest ForZones(params IEnumerable<string> zones) => this with { Zones = Named(zones) };

    /// <summary>Clients on these nodes should get it.</summary>
    public EndpointManifest ForNodes(params IEnumerable<string> nodes) => this with { Nodes = Named(nodes) };

    /// <summary>The entry of a slice.</summary>
    /// <param name="family"><c>IPv4</c> or <c>IPv6</c>.</param>
    internal string ToYaml(string family)
    {
        var address = family == "IPv6" ? Pod.IPv6 : Pod.IPv4;
        var hints = $"{{forZones: {Zones}, forNodes: {Nodes}}}";
        return $"{{addresses: [\"{address}\"], conditions: {{{Conditions}}}, nodeName: {Pod.Node.Name}, hints: {hints}}}";
    }

    private static string Named(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(name => $"{{name: {name}}}"))}]";
}
