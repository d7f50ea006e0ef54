using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>How pods of this node are told from others: kube-proxy's <c>--detect-local-mode</c> (behaviour 4.5).</summary>
public sealed record LocalMode
{
    private enum Mode
    {
        None,
        ClusterCIDR,
        NodeCIDR,
        BridgeInterface,
        InterfaceNamePrefix,
    }

    private readonly Mode _mode;

    private LocalMode(Mode mode) => _mode = mode;

    private ValueArray<IpNetwork> ClusterNetworks { get; init; }

    private string Device { get; init; } = "";

    public LocalDetector Detector => _mode switch
    {
        Mode.ClusterCIDR or Mode.NodeCIDR => LocalDetector.Network,
        Mode.BridgeInterface or Mode.InterfaceNamePrefix => LocalDetector.Device,
        _ => LocalDetector.None,
    };

    /// <summary>Whether it goes by what the Node object says.</summary>
    public bool NeedsNode => _mode == Mode.NodeCIDR;

    /// <summary>Whether the device's name tells that senders are pods; null where names do not.</summary>
    public Func<string, bool>? IsDetected => _mode switch
    {
        Mode.BridgeInterface => name => name == Device,
        Mode.InterfaceNamePrefix => name => name.StartsWith(Device, StringComparison.Ordinal),
        _ => null,
    };

    /// <summary>Where pods have their addresses.</summary>
    /// <param name="node">The Node object; null before it is known.</param>
    public ValueArray<IpNetwork> PodsOf(Node? node) => _mode == Mode.NodeCIDR ? node?.PodCidrs ?? [] : ClusterNetworks;

    /// <summary>Families that there is no detector for, although there should be: no network was given.</summary>
    public IEnumerable<IpFamily> Undetected(IEnumerable<IpFamily> families, Node? node) => Detector == LocalDetector.Network
        ? families.Where(family => !PodsOf(node).Any(network => network.Family == family))
        : [];

    /// <summary>
    /// Understands the options as kube-proxy does: no mode is ClusterCIDR, an unknown one no detector, and what a mode does not go by is
    /// not looked at.
    /// </summary>
    /// <returns>Null where it cannot be done as it is said.</returns>
    public static LocalMode? TryParse(string? mode, string? clusterCidr, string? bridge, string? prefix, out string? error)
    {
        error = null;
        switch (mode)
        {
            case null or "" or nameof(Mode.ClusterCIDR):
                return TryParseNetworks(clusterCidr ?? "", out error) is { } networks ? new(Mode.ClusterCIDR) { ClusterNetworks = networks } : null;
            case nameof(Mode.NodeCIDR):
                return new(Mode.NodeCIDR);
            case nameof(Mode.BridgeInterface):
                error = string.IsNullOrEmpty(bridge) ? "--detect-local-mode BridgeInterface needs --pod-bridge-interface" : null;
                return error is null ? new(Mode.BridgeInterface) { Device = bridge! } : null;
            case nameof(Mode.InterfaceNamePrefix):
                error = string.IsNullOrEmpty(prefix) ? "--detect-local-mode InterfaceNamePrefix needs --pod-interface-name-prefix" : null;
                return error is null ? new(Mode.InterfaceNamePrefix) { Device = prefix! } : null;
            default:
                return new(Mode.None);
        }
    }

    // Nothing, one network, or one of each family.
    private static ValueArray<IpNetwork>? TryParseNetworks(string text, out string? error)
    {
        var networks = new List<IpNetwork>();
        foreach (var item in text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IpNetwork.TryParse(item, out var network))
            {
                error = $"--cluster-cidr: '{item}' is not a network like 10.244.0.0/16";
                return null;
            }

            networks.Add(network);
        }

        error = networks.DistinctBy(network => network.Family).Count() < networks.Count ? "--cluster-cidr may have one network of each family" : null;
        return error is null ? [.. networks] : null;
    }
}
