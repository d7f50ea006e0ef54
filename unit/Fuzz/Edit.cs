namespace KubeProxyNext.Unit.Fuzz;

/// <summary>What befalls bytes.</summary>
public enum EditKind
{
    FlipBit,
    SetByte,
    Truncate,
    Insert,
    Remove,

    /// <summary>A piece of the text comes again.</summary>
    Repeat,

    /// <summary>A piece of another text of the corpus comes in between.</summary>
    Splice,
}

/// <summary>One of them. Numbers count modulo what there is, so that every edit can be made of every text.</summary>
/// <param name="At">Where.</param>
/// <param name="Length">How much.</param>
/// <param name="Value">What, or from where.</param>
public sealed record Edit(EditKind Kind, int At, int Length, int Value)
{
    public byte[] Apply(byte[] text, IReadOnlyList<byte[]> corpus)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var at = At % text.Length;
        var piece = text[at..Math.Min(text.Length, at + Length)];
        return Kind switch
        {
            EditKind.FlipBit => Set(text, at, (byte)(text[at] ^ (1 << (Value % 8)))),
            EditKind.SetByte => Set(text, at, (byte)Value),
            EditKind.Truncate => text[..at],
            EditKind.Insert => [.. text[..at], .. Enumerable.Repeat((byte)Value, Length), .. text[at..]],
            EditKind.Remove => [.. text[..at], .. text[(at + piece.Length)..]],
            EditKind.Repeat => [.. text[..at], .. Enumerable.Repeat(piece, Value % 16).SelectMany(bytes => bytes), .. text[at..]],
            _ => [.. text[..at], .. PieceOf(corpus[Value % corpus.Count]), .. text[at..]],
        };
    }

    private static byte[] Set(byte[] text, int at, byte value)
    {
        byte[] copy = [.. text];
        copy[at] = value;
        return copy;
    }

    private byte[] PieceOf(byte[] other)
    {
        var from = other.Length == 0 ? 0 : At % other.Length;
        return other[from..Math.Min(other.Length, from + Length)];
    }
}
