using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>What is expected, as text: a heading for each part that has anything to say, and its lines below.</summary>
internal static class ScenarioDump
{
    // What base.yaml and the addresses of the machine make of every node: said only where it is not so.
    private static readonly string[] UsualOfIPv4 =
        ["service network 10.96.0.0/12", "node address 192.0.2.11", "node address 192.0.2.12", "node address loopback"];

    private static readonly string[] UsualOfIPv6 = ["service network 2001:db8:96::/112", "node address 2001:db8:a::11"];

    /// <summary>What the maps of both families say, and those parts of the plans that are no entries of a map.</summary>
    public static IReadOnlyList<string> Of(NodeMaps maps, ScenarioRun run) =>
    [
        .. Part("IPv4", Unusual(maps.Dump(IpFamily.IPv4).ToList(), UsualOfIPv4)),
        .. Part("IPv6", Unusual(maps.Dump(IpFamily.IPv6).ToList(), UsualOfIPv6)),
        .. Part("sockets", run.Plans.SelectMany(Sockets)),
        .. Part("health checks", run.Plans.SelectMany(HealthChecks)),
    ];

    /// <summary>What was told on the way there.</summary>
    public static IEnumerable<string> Told(IEnumerable<string> lines) => Part("told", lines);

    private static IEnumerable<string> Unusual(List<string> lines, string[] usual) =>
        lines.Except(usual).Concat(usual.Except(lines).Select(line => $"no {line}"));

    private static IEnumerable<string> Part(string heading, IEnumerable<string> lines)
    {
        var indented = lines.Select(line => $"  {line}").ToList();
        return indented.Count == 0 ? [] : [$"{heading}:", .. indented];
    }

    // Whose sockets end with their backend, and those that outlive its place in a set (behaviour 6.1).
    private static IEnumerable<string> Sockets(ServicePlan plan) => plan.Ports.Where(port => port.DestroysSockets).Select(port =>
        $"{plan.Name} {port.Family} {port.PortName}/{port.Protocol.ToString().ToUpperInvariant()}: destroyed when their backend is gone"
        + (port.Retained.IsEmpty ? "" : $", kept for {string.Join(' ', port.Retained)}"));

    private static IEnumerable<string> HealthChecks(ServicePlan plan) => plan.HealthChecks.Select(check =>
        $"{plan.Name} {check.Family} on {check.NodePort}: {check.LocalEndpoints} on this node");
}
