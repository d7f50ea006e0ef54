using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>
/// The chains in the kernel's old tables of iptables, asked for as its tool does (linux/netfilter_ipv4/ip_tables.h): that need not be there.
/// </summary>
/// <param name="Family">For people and for the tool: <c>iptables</c>, <c>ip6tables</c>.</param>
/// <param name="TableNames">The file that tells which tables there are.</param>
/// <param name="EntryTarget">Where a rule says how far it is to its target: behind what it matches, and a number of the kernel's own.</param>
internal sealed record LegacyIptables(
    string Family, string TableNames, AddressFamily AddressFamily, int Level, int EntryTarget)
{
    private const int GetInfo = 64;
    private const int GetEntries = 65;

    // struct ipt_getinfo: the name, a mask, two numbers for each of five hooks, the number of rules, and their size.
    private const int NameLength = 32;
    private const int InfoLength = 84;
    private const int SizeOffset = 80;

    // struct ipt_get_entries: the name and the size, aligned to eight bytes.
    private const int EntriesOffset = 40;

    // struct xt_entry_target: a number, and the name. The head of a chain is a rule with this target, whose text is the chain's name.
    private const int TargetName = 2;
    private const int TargetLength = 32;
    private const int ErrorName = 30;

    private static readonly byte[] Head = [.. "ERROR"u8, 0];

    /// <summary>Those of both families.</summary>
    internal static readonly LegacyIptables[] Families =
    [
        new("iptables", "/proc/thread-self/net/ip_tables_names", AddressFamily.InterNetwork, Level: 0, EntryTarget: 88),
        new("ip6tables", "/proc/thread-self/net/ip6_tables_names", AddressFamily.InterNetworkV6, Level: 41, EntryTarget: 140),
    ];

    /// <summary>The chains that are not the kernel's, with their tables, in the network namespace of the calling thread.</summary>
    /// <exception cref="MigrationException">The kernel refused.</exception>
    internal IReadOnlyList<(string Table, string Chain)> List()
    {
        if (!File.Exists(TableNames))
        {
            return [];
        }

        try
        {
            // Any socket of the family will do; a raw one, as the tool has, would ask for CAP_NET_RAW.
            using var socket = new Socket(AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            return [.. File.ReadAllLines(TableNames).SelectMany(table => Chains(socket, table).Select(chain => (table, chain)))];
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new MigrationException($"the rules of {Family} could not be read: {error.Message}");
        }
    }

    private IEnumerable<string> Chains(Socket socket, string table)
    {
        var info = new byte[InfoLength];
        Encoding.ASCII.GetBytes(table, info);
        _ = socket.GetRawSocketOption(Level, GetInfo, info);
        var size = BinaryPrimitives.ReadInt32LittleEndian(info.AsSpan(SizeOffset));

        var entries = new byte[EntriesOffset + size];
        Encoding.ASCII.GetBytes(table, entries);
        BinaryPrimitives.WriteInt32LittleEndian(entries.AsSpan(NameLength), size);
        _ = socket.GetRawSocketOption(Level, GetEntries, entries);
        return Chains(entries.AsMemory(EntriesOffset));
    }

    private IEnumerable<string> Chains(ReadOnlyMemory<byte> entries)
    {
        while (entries.Length > EntryTarget + sizeof(int))
        {
            var target = BinaryPrimitives.ReadUInt16LittleEndian(entries.Span[EntryTarget..]);
            var next = BinaryPrimitives.ReadUInt16LittleEndian(entries.Span[(EntryTarget + sizeof(ushort))..]);
            if (next <= target || next > entries.Length)
            {
                throw new MigrationException($"the rules of {Family} could not be read: a rule of {next} bytes");
            }

            if (ChainIn(entries.Span[target..next]) is { } chain)
            {
                yield return chain;
            }

            entries = entries[next..];
        }
    }

    private static string? ChainIn(ReadOnlySpan<byte> target) =>
        target.Length >= TargetLength + ErrorName && target[TargetName..].StartsWith(Head) && target.Slice(TargetLength, ErrorName) is var name
            ? Encoding.ASCII.GetString(name[..Math.Max(0, name.IndexOf((byte)0))])
            : null;
}
