using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary><c>struct sockaddr_nl</c>: port 0 lets the kernel choose one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NetlinkAddress(uint groups)
{
    public readonly ushort Family = LibC.FamilyNetlink;
    public readonly ushort Pad = 0;
    public readonly uint Port = 0;
    public readonly uint Groups = groups;
}

/// <summary><c>struct nlmsghdr</c>, in host byte order as all of netlink.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct MessageHeader(uint length, ushort type, ushort flags, uint sequence)
{
    /// <summary>With the header, without the padding to four bytes that follows.</summary>
    public readonly uint Length = length;
    public readonly ushort Type = type;
    public readonly ushort Flags = flags;
    public readonly uint Sequence = sequence;
    public readonly uint Port = 0;
}

/// <summary><c>struct ifaddrmsg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AddressHeader(byte family, byte prefixLength, byte flags, byte scope, int index)
{
    public readonly byte Family = family;
    public readonly byte PrefixLength = prefixLength;
    public readonly byte Flags = flags;
    public readonly byte Scope = scope;
    public readonly int Index = index;
}

/// <summary><c>struct rtattr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AttributeHeader(ushort length, ushort type)
{
    public readonly ushort Length = length;
    public readonly ushort Type = type;
}

/// <summary><c>struct ifinfomsg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct LinkHeader(int index)
{
    public readonly byte Family;
    public readonly byte Pad;
    public readonly ushort Type;
    public readonly int Index = index;
    public readonly uint Flags;
    public readonly uint Change;
}

/// <summary><c>struct rtmsg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RouteHeader
{
    public readonly byte Family;
    public readonly byte DestinationLength;
    public readonly byte SourceLength;
    public readonly byte Tos;
    public readonly byte Table;
    public readonly byte Protocol;
    public readonly byte Scope;
    public readonly byte Type;
    public readonly uint Flags;
}

/// <summary><c>struct rtnexthop</c>: its length counts the attributes that follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NexthopHeader
{
    public readonly ushort Length;
    public readonly byte Flags;
    public readonly byte Hops;
    public readonly int Index;
}

/// <summary><c>struct ndmsg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NeighbourHeader
{
    public readonly byte Family;
    public readonly byte Pad1;
    public readonly ushort Pad2;
    public readonly int Index;
    public readonly ushort State;
    public readonly byte Flags;
    public readonly byte Type;
}
