namespace KubeProxyNext.Netlink;

/// <summary>Tells neighbours apart.</summary>
/// <param name="Address">Its bytes, and 0 after those of IPv4.</param>
internal readonly record struct NeighbourKey(int InterfaceIndex, byte Family, UInt128 Address);
