using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Goes through attributes (<c>struct rtattr</c>), which follow a message's own header or are the value of another attribute.</summary>
/// <param name="subject">What is read, for the text of an error.</param>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes, string subject)
{
    // The upper two bits say that the value is attributes again, or in network byte order.
    private const int TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = attributes;

    internal int Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the first attribute, then to the next one; false where there is none.</summary>
    /// <exception cref="NetlinkException">It is cut off.</exception>
    internal bool Next()
    {
        if (_rest.Length < Unsafe.SizeOf<AttributeHeader>())
        {
            return false;
        }

        var header = MemoryMarshal.Read<AttributeHeader>(_rest);
        if (header.Length < Unsafe.SizeOf<AttributeHeader>() || header.Length > _rest.Length)
        {
            throw new NetlinkException("read", subject, Errno.BadMessage, $"an attribute of {header.Length} bytes in {_rest.Length}");
        }

        Type = header.Type & TypeMask;
        Value = _rest[Unsafe.SizeOf<AttributeHeader>()..header.Length];
        _rest = Alignment.After(_rest, header.Length);
        return true;
    }
}
