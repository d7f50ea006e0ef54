using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Reads what the kernel tells of routes.</summary>
internal static class RouteMessage
{
    private const string Name = "RTM_GETROUTE";

    // RTN_*, RT_TABLE_*, RTM_F_CLONED
    private const byte Unicast = 1;
    private const byte TableLocal = 255;
    private const uint Cloned = 0x200;

    // RTA_*
    private const int AttributeLink = 4;
    private const int AttributeMultipath = 9;

    /// <summary>The links of all default routes, in no order; one that several routes use is there several times.</summary>
    internal static readonly DumpKind<int> DefaultLinks = new(
        Name, Rtnetlink.GetRoute, new byte[Unsafe.SizeOf<RouteHeader>()], Rtnetlink.NewRoute, Read);

    internal static IReadOnlyList<int> Sorted(IEnumerable<int> links) => [.. links.Distinct().Order()];

    /// <summary>Whether the body tells of a route of either family that takes everything.</summary>
    internal static bool IsDefault(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<RouteHeader>(body);
        return header.Family is Rtnetlink.FamilyIPv4 or Rtnetlink.FamilyIPv6
            && header is { DestinationLength: 0, Type: Unicast, Table: not TableLocal }
            && (header.Flags & Cloned) == 0;
    }

    private static void Read(ReadOnlySpan<byte> body, ICollection<int> links)
    {
        if (!IsDefault(body))
        {
            return;
        }

        var attributes = new AttributeReader(body[Unsafe.SizeOf<RouteHeader>()..], Name);
        while (attributes.Next())
        {
            if (attributes.Type == AttributeLink)
            {
                links.Add(MemoryMarshal.Read<int>(attributes.Value));
            }
            else if (attributes.Type == AttributeMultipath)
            {
                ReadWays(attributes.Value, links);
            }
        }
    }

    private static void ReadWays(ReadOnlySpan<byte> ways, ICollection<int> links)
    {
        while (ways.Length >= Unsafe.SizeOf<NexthopHeader>())
        {
            var way = MemoryMarshal.Read<NexthopHeader>(ways);
            if (way.Length < Unsafe.SizeOf<NexthopHeader>() || way.Length > ways.Length)
            {
                throw new NetlinkException("read", Name, Errno.BadMessage, $"a way of {way.Length} bytes in {ways.Length}");
            }

            links.Add(way.Index);
            ways = Alignment.After(ways, way.Length);
        }
    }
}
