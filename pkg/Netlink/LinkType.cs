namespace KubeProxyNext.Netlink;

/// <summary>What headers the packets of a link begin with (<c>ARPHRD_*</c>); there are many more.</summary>
public enum LinkType : ushort
{
    /// <summary>Ethernet, virtual or not: veth, bridge, vxlan, geneve and gretap, too.</summary>
    Ethernet = 1,

    /// <summary>ipip.</summary>
    Tunnel = 768,

    /// <summary>ip6tnl.</summary>
    Tunnel6 = 769,

    /// <summary>As Ethernet, with addresses that are all zero.</summary>
    Loopback = 772,

    Sit = 776,
    IpGre = 778,
    Ip6Gre = 823,

    /// <summary>wireguard, tun.</summary>
    None = 0xfffe,
}
