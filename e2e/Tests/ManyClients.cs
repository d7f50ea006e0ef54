namespace KubeProxyNext.EndToEnd;

/// <summary>
/// Clients without number on one node, each an IPv4 address that a process of the host may bind: a network that is routed to the node and that the
/// node takes for its own.
/// </summary>
internal static class ManyClients
{
    private const string Network = "10.200.0.0/16";

    /// <summary>For Python: a source address that nobody has used yet, as far as chance goes: one of 65,000.</summary>
    public const string Fresh = "'10.200.%d.%d' % divmod(__import__('random').randrange(256, 65280), 256)";

    /// <summary>Lets processes of the cluster's first node bind all these addresses.</summary>
    public static async Task PrepareAsync(RunningCluster cluster)
    {
        await cluster.NodeA.IpAsync("route", "add", "local", Network, "dev", "lo");
        await cluster.NodeB.IpAsync("route", "add", Network, "via", cluster.NodeA.IPv4);
    }

    /// <summary>For Python: one of these addresses.</summary>
    /// <param name="number">A number below 250, or Python that gives one.</param>
    public static string Source(string number) => $"'10.200.0.%d' % ({number})";
}
