using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Reads what the kernel tells of addresses.</summary>
internal static class AddressMessage
{
    /// <summary>The addresses of both families.</summary>
    internal static readonly DumpKind<LocalAddress> Addresses = new(
        Name, Rtnetlink.GetAddress, new byte[Unsafe.SizeOf<AddressHeader>()], Rtnetlink.NewAddress, Read);

    private const string Name = "RTM_GETADDR";

    // IFA_*
    private const int Peer = 1;
    private const int Local = 2;
    private const int Flags = 8;
    private const AddressFlags Known =
        AddressFlags.Optimistic | AddressFlags.DadFailed | AddressFlags.Deprecated | AddressFlags.Tentative;

    internal static IReadOnlyList<LocalAddress> Sorted(IEnumerable<LocalAddress> addresses) => [.. addresses.Order()];

    private static void Read(ReadOnlySpan<byte> body, ICollection<LocalAddress> addresses)
    {
        var header = MemoryMarshal.Read<AddressHeader>(body);
        if (header.Family is not (Rtnetlink.FamilyIPv4 or Rtnetlink.FamilyIPv6))
        {
            return;
        }

        ReadOnlySpan<byte> local = default, peer = default;
        uint flags = header.Flags;
        var attributes = new AttributeReader(body[Unsafe.SizeOf<AddressHeader>()..], Name);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Local:
                    local = attributes.Value;
                    break;
                case Peer:
                    peer = attributes.Value;
                    break;
                case Flags:
                    flags = MemoryMarshal.Read<uint>(attributes.Value);
                    break;
            }
        }

        // IPv6 tells the address under the peer's type where there is no peer; IPv4 has both, and they differ where there is one.
        var address = new IPAddress(local.IsEmpty ? peer : local);
        addresses.Add(new(address, header.PrefixLength, header.Index, (AddressScope)header.Scope, (AddressFlags)flags & Known));
    }
}
