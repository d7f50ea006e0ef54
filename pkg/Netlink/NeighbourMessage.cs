using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Reads what the kernel tells of neighbours.</summary>
internal static class NeighbourMessage
{
    private const string Name = "RTM_GETNEIGH";

    // NDA_*
    private const int AttributeAddress = 1;
    private const int AttributeHardwareAddress = 2;

    // NTF_PROXY; NUD_INCOMPLETE | NUD_FAILED
    private const byte Proxy = 0x08;
    private const ushort Unreached = 0x01 | 0x20;

    private const byte FirstMulticastIPv4 = 224;
    private const byte FirstBroadcastIPv4 = 240;
    private const byte MulticastIPv6 = 0xff;

    /// <summary>The neighbours of both families.</summary>
    internal static readonly DumpKind<Neighbour> Neighbours = new(
        Name, Rtnetlink.GetNeighbour, new byte[Unsafe.SizeOf<NeighbourHeader>()], Rtnetlink.NewNeighbour, Read);

    /// <summary>
    /// The neighbour that is told of; null where it is no machine: a bridge's table of ports, an address that this machine answers for,
    /// a group, whose hardware address follows from its own.
    /// </summary>
    internal static Neighbour? TryRead(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<NeighbourHeader>(body);
        if (header.Family is not (Rtnetlink.FamilyIPv4 or Rtnetlink.FamilyIPv6) || (header.Flags & Proxy) != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> address = default, hardwareAddress = default;
        var attributes = new AttributeReader(body[Unsafe.SizeOf<NeighbourHeader>()..], Name);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case AttributeAddress:
                    address = attributes.Value;
                    break;
                case AttributeHardwareAddress:
                    hardwareAddress = attributes.Value;
                    break;
            }
        }

        return address.IsEmpty || IsMulticast(header.Family, address[0])
            ? null
            : new(Key(header, address), (header.State & Unreached) == 0 ? new(hardwareAddress) : default);
    }

    private static void Read(ReadOnlySpan<byte> body, ICollection<Neighbour> neighbours)
    {
        if (TryRead(body) is { } neighbour)
        {
            neighbours.Add(neighbour);
        }
    }

    private static bool IsMulticast(byte family, byte first) => family == Rtnetlink.FamilyIPv4
        ? first is >= FirstMulticastIPv4 and < FirstBroadcastIPv4
        : first == MulticastIPv6;

    private static NeighbourKey Key(in NeighbourHeader header, ReadOnlySpan<byte> address)
    {
        Span<UInt128> bytes = stackalloc UInt128[1];
        address.CopyTo(MemoryMarshal.AsBytes(bytes));
        return new(header.Index, header.Family, bytes[0]);
    }
}
