using System.Globalization;
using System.Text;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>The words of a text, one after the other, and how single ones are understood.</summary>
internal sealed class PacketWords(string text)
{
    private const int PatternLength = 251;
    private const string FlagLetters = "FSRPAUEC";

    private readonly string[] _words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    private int _next;

    internal bool AtEnd => _next == _words.Length;

    internal string Next() => AtEnd ? throw new FormatException($"'{text}' ends too early") : _words[_next++];

    internal void Skip(string expected)
    {
        if (Next() is var word && word != expected)
        {
            throw new FormatException($"'{expected}' expected, not '{word}', in '{text}'");
        }
    }

    internal uint Number()
    {
        var word = Next();
        return word.StartsWith("0x", StringComparison.Ordinal)
            ? uint.Parse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : uint.Parse(word, CultureInfo.InvariantCulture);
    }

    internal ValueArray<byte> Bytes() => [.. Convert.FromHexString(Next())];

    internal FormatException Unknown(string word) => new($"'{word}' is not known here, in '{text}'");

    internal static ValueArray<byte> Pattern(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index % PatternLength))];

    internal static TcpFlags? Flags(string word)
    {
        var flags = TcpFlags.None;
        foreach (var letter in word == "none" ? "" : word)
        {
            var bit = FlagLetters.IndexOf(letter, StringComparison.Ordinal);
            if (bit < 0)
            {
                return null;
            }

            flags |= (TcpFlags)(1 << bit);
        }

        return flags;
    }

    // As people say it: SYN and FIN before ACK, the rest behind.
    internal static string Print(TcpFlags flags) => flags == TcpFlags.None
        ? "none"
        : string.Concat("SFRPAUEC".Where(letter => flags.HasFlag((TcpFlags)(1 << FlagLetters.IndexOf(letter, StringComparison.Ordinal)))));

    internal static string Payload(ValueArray<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        var readable = bytes.All(part => part is > 0x20 and < 0x7f and not ((byte)'{' or (byte)'}'));
        return bytes == Pattern(bytes.Count) ? $" len {bytes.Count}"
            : readable ? $" data {Encoding.ASCII.GetString(bytes.AsSpan())}"
            : $" hex {Hex(bytes)}";
    }

    internal static string Hex(ValueArray<byte> bytes) => Convert.ToHexStringLower(bytes.AsSpan());
}
