using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Collects the datagrams of one answer to <c>RTM_GETADDR</c>.</summary>
/// <param name="sequence">Of the request; messages that answer another one are passed over.</param>
internal sealed class AddressReply(uint sequence)
{
    private const int Alignment = 4;
    private const string Subject = "RTM_GETADDR";
    private const AddressFlags Known =
        AddressFlags.Optimistic | AddressFlags.DadFailed | AddressFlags.Deprecated | AddressFlags.Tentative;

    private readonly List<LocalAddress> _addresses = [];

    internal IReadOnlyList<LocalAddress> Addresses => _addresses;

    internal bool IsComplete { get; private set; }

    /// <summary>Addresses changed between two parts of the answer: one may be missing, or be there twice.</summary>
    internal bool WasInterrupted { get; private set; }

    /// <exception cref="NetlinkException">The kernel refused the request, or the datagram is no netlink.</exception>
    internal void Read(ReadOnlySpan<byte> datagram)
    {
        while (datagram.Length >= Unsafe.SizeOf<MessageHeader>() && !IsComplete)
        {
            var header = MemoryMarshal.Read<MessageHeader>(datagram);
            if (header.Length < Unsafe.SizeOf<MessageHeader>() || header.Length > datagram.Length)
            {
                throw new NetlinkException("read", Subject, Errno.BadMessage, $"a message of {header.Length} bytes in a datagram of {datagram.Length}");
            }

            if (header.Sequence == sequence)
            {
                ReadMessage(header, datagram[Unsafe.SizeOf<MessageHeader>()..(int)header.Length]);
            }

            datagram = datagram[Math.Min(Aligned((int)header.Length), datagram.Length)..];
        }
    }

    private void ReadMessage(in MessageHeader header, ReadOnlySpan<byte> body)
    {
        WasInterrupted |= (header.Flags & Rtnetlink.DumpInterrupted) != 0;
        switch (header.Type)
        {
            case Rtnetlink.NewAddress:
                ReadAddress(body);
                break;
            case Rtnetlink.Done or Rtnetlink.Error:
                IsComplete = true;
                ReadError(body);
                break;
        }
    }

    // Both messages begin with a negative errno, or 0; the end of a dump may have none.
    private void ReadError(ReadOnlySpan<byte> body)
    {
        var error = body.Length < sizeof(int) ? 0 : -MemoryMarshal.Read<int>(body);
        if (error is not (0 or Errno.Interrupted))
        {
            throw new NetlinkException("request", Subject, error);
        }

        WasInterrupted |= error == Errno.Interrupted;
    }

    private void ReadAddress(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<AddressHeader>(body);
        if (header.Family is not (Rtnetlink.FamilyIPv4 or Rtnetlink.FamilyIPv6))
        {
            return;
        }

        ReadOnlySpan<byte> local = default, peer = default;
        uint flags = header.Flags;
        for (var rest = body[Unsafe.SizeOf<AddressHeader>()..]; rest.Length >= Unsafe.SizeOf<AttributeHeader>();)
        {
            var attribute = AttributeAt(rest);
            var value = rest[Unsafe.SizeOf<AttributeHeader>()..attribute.Length];
            switch (attribute.Type)
            {
                case Rtnetlink.Local:
                    local = value;
                    break;
                case Rtnetlink.Peer:
                    peer = value;
                    break;
                case Rtnetlink.Flags:
                    flags = MemoryMarshal.Read<uint>(value);
                    break;
            }

            rest = rest[Math.Min(Aligned(attribute.Length), rest.Length)..];
        }

        // IPv6 tells the address under the peer's type where there is no peer; IPv4 has both, and they differ where there is one.
        var address = new IPAddress(local.IsEmpty ? peer : local);
        _addresses.Add(new(address, header.PrefixLength, header.Index, (AddressScope)header.Scope, (AddressFlags)flags & Known));
    }

    private static AttributeHeader AttributeAt(ReadOnlySpan<byte> rest)
    {
        var header = MemoryMarshal.Read<AttributeHeader>(rest);
        return header.Length >= Unsafe.SizeOf<AttributeHeader>() && header.Length <= rest.Length
            ? header
            : throw new NetlinkException("read", Subject, Errno.BadMessage, $"an attribute of {header.Length} bytes in {rest.Length}");
    }

    private static int Aligned(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
