namespace KubeProxyNext.Demo;

/// <summary>What a person would try from outside of the cluster, where no socket hook is: packets are translated, and no rule of netfilter does it.</summary>
internal sealed partial class Trials
{
    private const string Front = "http://172.18.0.2:30060";
    private const string FrontPods = "web-1 or web-3";
    private static readonly string[] Fronts = ["web-1", "web-3"];

    private IEnumerable<Func<Task<Trial>>> FromOutside() =>
    [
        () => AskAsync("a host outside asks a port of a node", cluster.Outside, $"curl -sS {Front}", FrontPods, Fronts),
        () => AskAsync("... over IPv6", cluster.Outside, "curl -sS 'http://[fd00:172:18::2]:30060'", FrontPods, Fronts),
        () => AskAsync("... an external IP", cluster.Outside, "curl -sS http://198.51.100.60", FrontPods, Fronts),
        () => AskAsync(
            "... a load balancer whose pods see who asks", cluster.Outside, "curl -sS http://198.51.100.61/client", "web-1, and its own address",
            [$"web-1 sees {cluster.Outside.IPv4}"]),
        () => FailAsync("... a Service without pods", cluster.Outside, "http://198.51.100.99", "refused at once", "ECONNREFUSED"),
        () => AskAsync("netfilter has nothing to do with it", cluster.NodeA, "nft list ruleset", "no rule", [""]),
        () => AskAsync("... on the other node", cluster.NodeB, "nft list ruleset", "no rule", [""]),
    ];
}
