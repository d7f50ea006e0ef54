namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>A rule of iptables.</summary>
/// <param name="Chain">Where it stands.</param>
/// <param name="Target">The chain or the verdict that it leads to; null for none.</param>
/// <param name="Specification">What follows the chain in a line of <c>iptables-save</c>.</param>
internal sealed record IptablesRule(string Chain, string? Target, string Specification)
{
    private const string Append = "-A ";

    /// <summary>The command that takes the rule away.</summary>
    internal string Deletion => $"-D {Chain} {Specification}";

    /// <summary>Null where the line is no rule.</summary>
    internal static IptablesRule? TryParse(string line)
    {
        if (!line.StartsWith(Append, StringComparison.Ordinal) || line.IndexOf(' ', Append.Length) is var end && end < 0)
        {
            return null;
        }

        var words = Words(line[end..]);
        var jump = words.FindIndex(word => word is "-j" or "-g");
        return new(line[Append.Length..end], jump >= 0 && jump + 1 < words.Count ? words[jump + 1] : null, line[(end + 1)..]);
    }

    // What stands in quotes is a comment, which may have any words in it.
    private static List<string> Words(string text)
    {
        var (words, start, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (isQuoted || text[i] != ' '))
            {
                isQuoted ^= text[i] == '"' && text[i - 1] != '\\';
                continue;
            }

            words.Add(text[start..i]);
            start = i + 1;
        }

        return words;
    }
}
