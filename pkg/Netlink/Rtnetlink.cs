namespace KubeProxyNext.Netlink;

/// <summary>Numbers of linux/netlink.h and linux/rtnetlink.h.</summary>
internal static class Rtnetlink
{
    internal const int Protocol = 0;

    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort NewLink = 16;
    internal const ushort DeleteLink = 17;
    internal const ushort GetLink = 18;
    internal const ushort NewAddress = 20;
    internal const ushort DeleteAddress = 21;
    internal const ushort GetAddress = 22;
    internal const ushort NewRoute = 24;
    internal const ushort DeleteRoute = 25;
    internal const ushort GetRoute = 26;
    internal const ushort NewNeighbour = 28;
    internal const ushort DeleteNeighbour = 29;
    internal const ushort GetNeighbour = 30;
    internal const ushort NewRule = 32;
    internal const ushort DeleteRule = 33;
    internal const ushort NewFilter = 44;
    internal const ushort GetFilter = 46;
    internal const ushort NewNexthop = 104;
    internal const ushort DeleteNexthop = 105;

    internal const ushort Request = 0x1;
    internal const ushort Acknowledge = 0x4;
    internal const ushort DumpInterrupted = 0x10;
    internal const ushort Dump = 0x300;
    internal const ushort Exclusive = 0x200;
    internal const ushort Create = 0x400;

    // Bits of the groups RTNLGRP_LINK (1), NEIGH (3), IPV4_ and IPV6_IFADDR (5, 9), IPV4_ and IPV6_ROUTE (7, 11), IPV4_ and IPV6_RULE (8, 19)
    // and NEXTHOP (32).
    internal const uint LinkGroup = 1u << 0;
    internal const uint NeighbourGroup = 1u << 2;
    internal const uint AddressGroups = 1u << 4 | 1u << 8;
    internal const uint RouteGroups = 1u << 6 | 1u << 10;
    internal const uint RuleGroups = 1u << 7 | 1u << 18;
    internal const uint NexthopGroup = 1u << 31;

    internal const byte FamilyNone = 0;
    internal const byte FamilyIPv4 = 2;
    internal const byte FamilyIPv6 = 10;
}
