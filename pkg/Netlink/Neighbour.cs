namespace KubeProxyNext.Netlink;

/// <summary>A machine on the same link.</summary>
/// <param name="HardwareAddress">Where it is reached; of length 0 where it is not known, or not any more.</param>
internal readonly record struct Neighbour(NeighbourKey Key, HardwareAddress HardwareAddress);
