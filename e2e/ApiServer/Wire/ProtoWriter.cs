using System.Text;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>
/// Writes a protobuf message from its end to its start, so that every length is known when it is due. Fields are therefore to be
/// written in falling order, and so are the elements of a repeated one.
/// </summary>
internal sealed class ProtoWriter
{
    private byte[] _buffer = new byte[1024];
    private int _start = 1024;

    /// <summary>How many bytes there are so far; a mark for <see cref="Wrap"/>.</summary>
    public int Length => _buffer.Length - _start;

    public byte[] ToArray() => _buffer.AsSpan(_start).ToArray();

    public void Reset() => _start = _buffer.Length;

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Claim(bytes.Length));

    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        var mark = Length;
        Raw(bytes);
        Wrap(field, mark);
    }

    public void Text(int field, string text)
    {
        var mark = Length;
        Encoding.UTF8.GetBytes(text, Claim(Encoding.UTF8.GetByteCount(text)));
        Wrap(field, mark);
    }

    public void Number(int field, long value)
    {
        Varint((ulong)value);
        Varint((ulong)field << 3);
    }

    /// <summary>Makes what was written since the mark the content of a length-delimited field.</summary>
    public void Wrap(int field, int mark) => Head(field, Length - mark);

    /// <summary>What stands before a length-delimited field of this length.</summary>
    public void Head(int field, long length)
    {
        Varint((ulong)length);
        Varint(((ulong)field << 3) | 2);
    }

    public static int VarintSize(ulong value)
    {
        var size = 1;
        while ((value >>= 7) != 0)
        {
            size++;
        }

        return size;
    }

    private void Varint(ulong value)
    {
        var target = Claim(VarintSize(value));
        for (var i = 0; i < target.Length; i++, value >>= 7)
        {
            target[i] = (byte)((value & 0x7f) | (i == target.Length - 1 ? 0u : 0x80u));
        }
    }

    private Span<byte> Claim(int count)
    {
        if (_start < count)
        {
            Grow(count);
        }

        _start -= count;
        return _buffer.AsSpan(_start, count);
    }

    private void Grow(int count)
    {
        var larger = new byte[Math.Max(_buffer.Length * 2, _buffer.Length + count)];
        var used = Length;
        _buffer.AsSpan(_start).CopyTo(larger.AsSpan(larger.Length - used));
        (_buffer, _start) = (larger, larger.Length - used);
    }
}
