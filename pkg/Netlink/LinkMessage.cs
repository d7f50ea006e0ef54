using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeProxyNext.Netlink;

/// <summary>Reads what the kernel tells of links.</summary>
internal static class LinkMessage
{
    private const string Name = "RTM_GETLINK";

    // IFLA_*
    private const int AttributeAddress = 1;
    private const int AttributeName = 3;
    private const int AttributeMtu = 4;
    private const int AttributeLink = 5;
    private const int AttributeMaster = 10;
    private const int AttributeInfo = 18;
    private const int AttributeInfoKind = 1;
    private const int AttributeExtensions = 29;
    private const int AttributeLinkNamespace = 37;

    // Counters are most of a message, and nobody here wants them (RTEXT_FILTER_SKIP_STATS).
    private const uint WithoutCounters = 8;

    private const LinkFlags Known = LinkFlags.Up | LinkFlags.Broadcast | LinkFlags.Loopback | LinkFlags.PointToPoint | LinkFlags.Running
        | LinkFlags.NoArp | LinkFlags.Slave | LinkFlags.LowerUp;

    internal static readonly DumpKind<Link> Links = new(Name, Rtnetlink.GetLink, Request(), Rtnetlink.NewLink, Read);

    internal static IReadOnlyList<Link> Sorted(IEnumerable<Link> links) => [.. links.OrderBy(link => link.Index)];

    /// <summary>The link that is told of; null where a bridge tells of one of its ports.</summary>
    internal static Link? TryRead(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<LinkHeader>(body);
        if (header.Family != Rtnetlink.FamilyNone)
        {
            return null;
        }

        var (name, kind, master, lower, isElsewhere, address, mtu) = ("", "", 0, 0, false, default(HardwareAddress), 0);
        var attributes = new AttributeReader(body[Unsafe.SizeOf<LinkHeader>()..], Name);
        while (attributes.Next())
        {
            var value = attributes.Value;
            switch (attributes.Type)
            {
                case AttributeName:
                    name = Text(value);
                    break;
                case AttributeInfo:
                    kind = KindIn(value);
                    break;
                case AttributeMaster:
                    master = MemoryMarshal.Read<int>(value);
                    break;
                case AttributeLink:
                    lower = MemoryMarshal.Read<int>(value);
                    break;
                case AttributeLinkNamespace:
                    isElsewhere = true;
                    break;
                case AttributeAddress:
                    address = new(value);
                    break;
                case AttributeMtu:
                    mtu = MemoryMarshal.Read<int>(value);
                    break;
            }
        }

        return new(header.Index, name, (LinkType)header.Type, (LinkFlags)header.Flags & Known, kind, master, lower, isElsewhere, address, mtu);
    }

    private static void Read(ReadOnlySpan<byte> body, ICollection<Link> links)
    {
        if (TryRead(body) is { } link)
        {
            links.Add(link);
        }
    }

    private static string KindIn(ReadOnlySpan<byte> info)
    {
        var attributes = new AttributeReader(info, Name);
        while (attributes.Next())
        {
            if (attributes.Type == AttributeInfoKind)
            {
                return Text(attributes.Value);
            }
        }

        return "";
    }

    // Names end with a zero byte, which some kinds leave out.
    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    private static byte[] Request() =>
    [
        .. new byte[Unsafe.SizeOf<LinkHeader>()],
        .. MemoryMarshal.AsBytes<AttributeHeader>([new(8, AttributeExtensions)]),
        .. BitConverter.GetBytes(WithoutCounters),
    ];
}
