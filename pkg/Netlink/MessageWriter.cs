using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Writes the messages of one datagram: what <see cref="MessageReader"/> and <see cref="AttributeReader"/> read.</summary>
internal sealed class MessageWriter
{
    // NLA_F_NESTED.
    private const int Nested = 1 << 15;

    private readonly List<byte> _bytes = [];

    internal ReadOnlySpan<byte> Bytes => Written;

    private Span<byte> Written => CollectionsMarshal.AsSpan(_bytes);

    internal void Clear() => _bytes.Clear();

    /// <summary>Writes a message.</summary>
    /// <param name="body">The header that belongs to the type.</param>
    /// <param name="attributes">Writes what follows that.</param>
    internal void Message<T>(ushort type, ushort flags, uint sequence, T body, Action attributes)
        where T : unmanaged
    {
        var start = _bytes.Count;
        Append(default(MessageHeader));
        Append(body);
        attributes();
        var header = new MessageHeader((uint)(_bytes.Count - start), type, flags, sequence);
        MemoryMarshal.Write(Written[start..], in header);
    }

    /// <summary>Writes an attribute that is attributes again.</summary>
    internal void Nest(int type, Action attributes)
    {
        var start = _bytes.Count;
        Append(default(AttributeHeader));
        attributes();
        var header = new AttributeHeader((ushort)(_bytes.Count - start), (ushort)(type | Nested));
        MemoryMarshal.Write(Written[start..], in header);
    }

    /// <summary>Writes an attribute, whose value is in network byte order where it is a number.</summary>
    internal void Add(int type, params ReadOnlySpan<byte> value)
    {
        Append(new AttributeHeader((ushort)(Unsafe.SizeOf<AttributeHeader>() + value.Length), (ushort)type));
        _bytes.AddRange(value);
        CollectionsMarshal.SetCount(_bytes, Alignment.Of(_bytes.Count));
    }

    internal void Add(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        Add(type, bytes);
    }

    internal void Add(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Add(type, bytes);
    }

    private void Append<T>(T value)
        where T : unmanaged => _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
