using System.Globalization;

namespace KubeProxyNext.ApiServer;

/// <summary>Numbers as the API writes and reads them, whatever the culture.</summary>
internal static class Invariant
{
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A resource version: digits only.</summary>
    public static bool TryVersion(string text, out long version) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);
}
