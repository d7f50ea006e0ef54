using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Goes through the messages of one datagram.</summary>
/// <param name="subject">What is read, for the text of an error.</param>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram, string subject)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal MessageHeader Header { get; private set; }

    /// <summary>What follows the header.</summary>
    internal ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Goes to the first message, then to the next one; false where there is none.</summary>
    /// <exception cref="NetlinkException">It is cut off.</exception>
    internal bool Next()
    {
        if (_rest.Length < Unsafe.SizeOf<MessageHeader>())
        {
            return false;
        }

        Header = MemoryMarshal.Read<MessageHeader>(_rest);
        if (Header.Length < Unsafe.SizeOf<MessageHeader>() || Header.Length > _rest.Length)
        {
            throw new NetlinkException("read", subject, Errno.BadMessage, $"a message of {Header.Length} bytes in a datagram of {_rest.Length}");
        }

        Body = _rest[Unsafe.SizeOf<MessageHeader>()..(int)Header.Length];
        _rest = Alignment.After(_rest, (int)Header.Length);
        return true;
    }
}
