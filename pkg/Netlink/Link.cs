namespace KubeProxyNext.Netlink;

/// <summary>A network interface.</summary>
/// <param name="Kind">What the kernel calls its driver (<c>veth</c>, <c>bridge</c>, <c>vxlan</c>); empty where it has no such kind, as physical ones.</param>
/// <param name="MasterIndex">The bridge, bond, team or VRF that it belongs to; 0 where there is none.</param>
/// <param name="LowerIndex">
/// What it sits upon, or the other end of a veth; 0 where there is none. It is an index of another network namespace where
/// <paramref name="HasPeerElsewhere"/>.
/// </param>
/// <param name="HasPeerElsewhere">Whether the link of <paramref name="LowerIndex"/> is in another network namespace.</param>
/// <param name="Address">Its own hardware address.</param>
/// <param name="Mtu">Bytes of the largest packet, without the header of the link.</param>
public sealed record Link(
    int Index,
    string Name,
    LinkType Type,
    LinkFlags Flags,
    string Kind,
    int MasterIndex,
    int LowerIndex,
    bool HasPeerElsewhere,
    HardwareAddress Address,
    int Mtu);
