namespace KubeProxyNext.Netlink;

/// <summary>Numbers of linux/netlink.h, linux/rtnetlink.h and linux/if_addr.h.</summary>
internal static class Rtnetlink
{
    internal const int Protocol = 0;

    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort NewAddress = 20;
    internal const ushort GetAddress = 22;

    internal const ushort Request = 0x1;
    internal const ushort DumpInterrupted = 0x10;
    internal const ushort Dump = 0x300;

    /// <summary>Addresses of both families: <c>RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR</c>.</summary>
    internal const uint AddressGroups = 0x10 | 0x100;

    internal const byte FamilyIPv4 = 2;
    internal const byte FamilyIPv6 = 10;

    internal const ushort Peer = 1;
    internal const ushort Local = 2;
    internal const ushort Flags = 8;
}
