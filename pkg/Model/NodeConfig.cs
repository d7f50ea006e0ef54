namespace KubeProxyNext.Model;

/// <summary>What planning knows of this node and of the cluster as a whole: when it changes, every Service is planned anew.</summary>
/// <param name="NodeName">Trimmed and in lower case (behaviour 11.1); endpoints that carry this name are local.</param>
/// <param name="Zone">From the Node object; null where there is none.</param>
/// <param name="Families">The families that this node programs.</param>
public sealed record NodeConfig(string NodeName, string? Zone, ValueArray<IpFamily> Families)
{
    /// <summary>The Node object's addresses, in its order of preference (behaviour 1.6).</summary>
    public ValueArray<IpAddress> Addresses { get; init; }

    /// <summary>Where cluster IPs are allocated from: the networks of all ServiceCIDR objects, sorted; none lies within another.</summary>
    public ValueArray<IpNetwork> ServiceNetworks { get; init; }

    /// <summary>Whether no external IP of any Service is served (<c>--deny-external-ips</c>).</summary>
    public bool DeniesExternalIPs { get; init; }

    /// <summary>Where external IPs are served; empty for everywhere (<c>--external-ip-cidrs</c>).</summary>
    public ValueArray<IpNetwork> ExternalIPNetworks { get; init; }

    /// <summary>Where this process reaches its API server: no external IP is served there.</summary>
    public ValueArray<FrontendAddress> ApiServers { get; init; }

    /// <summary>How much of the maps one Service may have.</summary>
    public ServiceShare Share { get; init; } = ServiceShare.Unlimited;

    /// <summary>Slots of a Maglev table: a prime.</summary>
    public int MaglevTableSize { get; init; } = 16381;
}
