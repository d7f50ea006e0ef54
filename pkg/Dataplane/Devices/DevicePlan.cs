using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>What is to be done with a network device of this node, and what programs are to know of it.</summary>
/// <param name="HasEthernet">Whether its packets begin with an Ethernet header.</param>
/// <param name="IsServed">Whether programs are to be at it.</param>
/// <param name="HasPods">Whether pods of this node are behind it.</param>
/// <param name="IsDetected">Whether whoever sends through it is a pod of this node, by <c>--detect-local-mode</c>.</param>
public sealed record DevicePlan(
    int Index, string Name, bool HasEthernet = true, bool IsServed = true, bool HasPods = false, bool IsDetected = false)
{
    /// <summary>Whether the world is behind it.</summary>
    public bool IsUplink { get; init; }

    /// <summary>The node's address there; null where it has none.</summary>
    public IpAddress? IPv4 { get; init; }

    /// <inheritdoc cref="IPv4"/>
    public IpAddress? IPv6 { get; init; }

    internal IpAddress? AddressOf(IpFamily family) => family == IpFamily.IPv4 ? IPv4 : IPv6;
}
