using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Which format to answer in, as the Accept header says.</summary>
internal static class Negotiation
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    /// <summary>The first media range that the server has; JSON without a header, null where none fits.</summary>
    public static BodyFormat? Choose(string accept, bool jsonOnly)
    {
        if (accept.Length == 0)
        {
            return BodyFormat.Json;
        }

        foreach (var range in accept.Split(','))
        {
            switch (MediaType(range))
            {
                case Protobuf when !jsonOnly:
                    return BodyFormat.Protobuf;
                case "application/json" or "application/*" or "*/*":
                    return BodyFormat.Json;
            }
        }

        return null;
    }

    public static string ContentType(BodyFormat format, bool isWatch) => (format, isWatch) switch
    {
        (BodyFormat.Json, _) => "application/json",
        (_, false) => Protobuf,
        _ => Protobuf + ";stream=watch",
    };

    /// <summary>Tables and the like (<c>as=</c>) are not made here: such a range is passed over.</summary>
    private static string MediaType(string range)
    {
        var parts = range.Split(';', StringSplitOptions.TrimEntries);
        return parts.Skip(1).Any(p => p.StartsWith("as=", StringComparison.Ordinal)) ? "" : parts[0];
    }
}
