using System.Text.RegularExpressions;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>The words of both kinds of selectors.</summary>
internal static partial class SelectorText
{
    /// <summary>The terms between commas, those within parentheses aside.</summary>
    /// <exception cref="StatusException">A term is no term.</exception>
    public static IEnumerable<string> Split(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        string[] terms = [.. Comma().Split(text).Select(t => t.Trim())];
        return terms.All(t => Shape().IsMatch(t)) ? terms : throw new StatusException(ApiStatusBody.BadRequest(
            $"unable to parse requirement: found '{text}', expected: identifier or comparison"));
    }

    public static bool TryComparison(string term, out string key, out string value, out bool differs)
    {
        var match = Comparison().Match(term);
        (key, value) = (match.Groups[1].Value, match.Groups[3].Value);
        differs = match.Groups[2].Value == "!=";
        return match.Success;
    }

    public static bool TrySet(string term, out string key, out HashSet<string> values, out bool isNegated)
    {
        var match = Set().Match(term);
        key = match.Groups[1].Value;
        values = [.. match.Groups[3].Value.Split(',').Select(v => v.Trim())];
        isNegated = match.Groups[2].Value == "notin";
        return match.Success;
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^(!?\s*[\w./-]+|[\w./-]+\s*(==|=|!=)\s*[^\s]*|[\w./-]+\s+(in|notin)\s*\([^()]*\))$")]
    private static partial Regex Shape();

    [GeneratedRegex(@"^([\w./-]+?)\s*(==|!=|=)\s*(.*)$")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$")]
    private static partial Regex Set();
}
