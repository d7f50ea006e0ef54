using System.Text;

namespace KubeProxyNext.Netlink;

/// <summary>Reads <c>/proc/PID/mountinfo</c> (proc(5)): <c>id parent major:minor root point options [tags] - type source options</c>.</summary>
internal static class MountInfo
{
    private const int PointField = 4;
    private const string TypeOfNamespaces = "nsfs";
    private const int OctalDigits = 3;

    /// <summary>Where a network namespace is mounted, or null: the line tells of some other mount.</summary>
    internal static string? NetworkNamespaceAt(string line)
    {
        var fields = line.Split(' ');
        var end = Array.IndexOf(fields, "-");
        return end > PointField && end + 1 < fields.Length && fields[end + 1] == TypeOfNamespaces
            && fields[PointField - 1].StartsWith("net:[", StringComparison.Ordinal)
                ? Unescape(fields[PointField])
                : null;
    }

    // Blanks, line ends and backslashes are written \040, \011, \012 and \134.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + OctalDigits < text.Length)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, OctalDigits), 8));
                i += OctalDigits;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
