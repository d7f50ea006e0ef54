using System.Text;

namespace KubeProxyNext.Netlink;

/// <summary>A chain of nftables; iptables makes such chains, too, where it is the one of nftables.</summary>
/// <param name="Family">Of its table: <c>ip</c>, <c>ip6</c>, <c>inet</c>, or a number.</param>
public readonly record struct NftChain(string Family, string Table, string Name);

/// <summary>All chains of nftables, as <c>nft list chains</c> shows them.</summary>
public static class NftChains
{
    private const string Request = "NFT_MSG_GETCHAIN";
    private const int Protocol = 12;

    // NFNL_SUBSYS_NFTABLES in the upper half.
    private const ushort GetChain = 10 << 8 | 4;
    private const ushort NewChain = 10 << 8 | 3;

    // struct nfgenmsg: family (all of them), version, resource.
    private const int HeaderLength = 4;

    // NFTA_CHAIN_*
    private const int AttributeTable = 1;
    private const int AttributeName = 3;

    private const int NotSupportedProtocol = 93;
    private const int NotSupportedOperation = 95;

    private static readonly DumpKind<NftChain> Chains = new(Request, GetChain, new byte[HeaderLength], NewChain, Read);

    /// <summary>Lists those in the network namespace of the calling thread; none where the kernel has no nftables.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static IReadOnlyList<NftChain> List()
    {
        try
        {
            using var dump = new DumpSocket(Protocol);
            return dump.List(Chains);
        }
        catch (NetlinkException error) when (error.Errno is NotSupportedProtocol or NotSupportedOperation or Errno.Invalid)
        {
            return [];
        }
    }

    private static void Read(ReadOnlySpan<byte> body, ICollection<NftChain> chains)
    {
        var (table, name) = ("", "");
        var attributes = new AttributeReader(body[HeaderLength..], Request);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case AttributeTable:
                    table = Text(attributes.Value);
                    break;
                case AttributeName:
                    name = Text(attributes.Value);
                    break;
            }
        }

        chains.Add(new(FamilyOf(body[0]), table, name));
    }

    private static string FamilyOf(byte number) => number switch
    {
        1 => "inet",
        Rtnetlink.FamilyIPv4 => "ip",
        Rtnetlink.FamilyIPv6 => "ip6",
        _ => $"{number}",
    };

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
