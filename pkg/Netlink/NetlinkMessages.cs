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

/// <summary>A request for the addresses of every family.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AddressRequest(uint sequence)
{
    // Bytes: a header of 16 and one of 8.
    public readonly MessageHeader Header = new(24, Rtnetlink.GetAddress, Rtnetlink.Request | Rtnetlink.Dump, sequence);
    public readonly AddressHeader Address = default;
}
