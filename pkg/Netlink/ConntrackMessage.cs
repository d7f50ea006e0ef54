using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Writes what <c>nf_conntrack</c> is told (linux/netfilter/nfnetlink_conntrack.h).</summary>
internal static class ConntrackMessage
{
    internal const string NewName = "IPCTNL_MSG_CT_NEW";
    internal const string DeleteName = "IPCTNL_MSG_CT_DELETE";

    // NFNL_SUBSYS_CTNETLINK in the upper half.
    private const ushort New = 1 << 8 | 0;
    private const ushort Delete = 1 << 8 | 2;

    // CTA_*
    private const int OriginalTuple = 1;
    private const int ReplyTuple = 2;
    private const int Status = 3;
    private const int ProtocolInfo = 4;
    private const int SourceRange = 6;
    private const int Timeout = 7;
    private const int DestinationRange = 13;

    // CTA_TUPLE_*, CTA_IP_*, CTA_PROTO_*
    private const int TupleAddresses = 1;
    private const int TupleProtocol = 2;
    private const int SourceAddress = 1;
    private const int DestinationAddress = 2;
    private const int OfIPv6 = 2;
    private const int ProtocolNumber = 1;
    private const int SourcePort = 2;
    private const int DestinationPort = 3;

    // CTA_NAT_*, CTA_PROTONAT_*
    private const int FirstIPv4 = 1;
    private const int LastIPv4 = 2;
    private const int RangePorts = 3;
    private const int FirstIPv6 = 4;
    private const int LastIPv6 = 5;
    private const int FirstPort = 1;
    private const int LastPort = 2;

    // CTA_PROTOINFO_TCP_*
    private const int InfoTcp = 1;
    private const int TcpState = 1;
    private const int TcpFlagsOriginal = 4;
    private const int TcpFlagsReply = 5;

    // IPS_*
    private const uint SeenReply = 1 << 1;
    private const uint Assured = 1 << 2;
    private const uint Confirmed = 1 << 3;

    // IP_CT_TCP_FLAG_BE_LIBERAL: nobody here knows sequence numbers and windows.
    private const byte BeLiberal = 8;

    /// <summary>Has the kernel forget the connection that has such packets in either direction. A failure is told in any case.</summary>
    internal static void WriteDelete(MessageWriter writer, uint sequence, ConntrackTuple tuple, ushort flags = 0) => writer.Message(
        Delete, (ushort)(Rtnetlink.Request | flags), sequence, HeaderOf(tuple), () => WriteTuple(writer, OriginalTuple, tuple));

    /// <summary>Has the kernel take a connection over.</summary>
    internal static void WriteNew(MessageWriter writer, uint sequence, TranslatedConnection connection) => writer.Message(
        New, Rtnetlink.Request | Rtnetlink.Acknowledge | Rtnetlink.Create | Rtnetlink.Exclusive, sequence, HeaderOf(connection.Original), () =>
        {
            // The kernel itself makes of the latter what the ranges say.
            WriteTuple(writer, OriginalTuple, connection.Original);
            WriteTuple(writer, ReplyTuple, connection.Original.Inverse);
            writer.Add(Status, Confirmed | (connection.IsAnswered ? SeenReply : 0) | (connection.IsAssured ? Assured : 0));
            writer.Add(Timeout, (uint)connection.Timeout.TotalSeconds);
            WriteRange(writer, DestinationRange, connection.Destination);
            WriteRange(writer, SourceRange, connection.Source);
            if (connection.TcpState is { } state)
            {
                writer.Nest(ProtocolInfo, () => writer.Nest(InfoTcp, () => WriteTcp(writer, state)));
            }
        });

    private static ConntrackHeader HeaderOf(ConntrackTuple tuple) =>
        new(IsIPv6(tuple.Source) ? Rtnetlink.FamilyIPv6 : Rtnetlink.FamilyIPv4);

    private static bool IsIPv6(IPEndPoint endpoint) => endpoint.AddressFamily == AddressFamily.InterNetworkV6;

    private static void WriteTuple(MessageWriter writer, int type, ConntrackTuple tuple) => writer.Nest(type, () =>
    {
        var family = IsIPv6(tuple.Source) ? OfIPv6 : 0;
        writer.Nest(TupleAddresses, () =>
        {
            writer.Add(SourceAddress + family, tuple.Source.Address.GetAddressBytes());
            writer.Add(DestinationAddress + family, tuple.Destination.Address.GetAddressBytes());
        });
        writer.Nest(TupleProtocol, () =>
        {
            writer.Add(ProtocolNumber, [tuple.Protocol]);
            writer.Add(SourcePort, (ushort)tuple.Source.Port);
            writer.Add(DestinationPort, (ushort)tuple.Destination.Port);
        });
    });

    // One address and one port, also where that is what the packets have: what the kernel may choose it might choose otherwise.
    private static void WriteRange(MessageWriter writer, int type, IPEndPoint only) => writer.Nest(type, () =>
    {
        var address = only.Address.GetAddressBytes();
        writer.Add(IsIPv6(only) ? FirstIPv6 : FirstIPv4, address);
        writer.Add(IsIPv6(only) ? LastIPv6 : LastIPv4, address);
        writer.Nest(RangePorts, () =>
        {
            writer.Add(FirstPort, (ushort)only.Port);
            writer.Add(LastPort, (ushort)only.Port);
        });
    });

    // Flags come with a mask.
    private static void WriteTcp(MessageWriter writer, ConntrackTcpState state)
    {
        writer.Add(TcpState, [(byte)state]);
        writer.Add(TcpFlagsOriginal, [BeLiberal, BeLiberal]);
        writer.Add(TcpFlagsReply, [BeLiberal, BeLiberal]);
    }

    /// <summary><c>struct nfgenmsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ConntrackHeader(byte family)
    {
        public readonly byte Family = family;
        public readonly byte Version;
        public readonly ushort Resource;
    }
}
