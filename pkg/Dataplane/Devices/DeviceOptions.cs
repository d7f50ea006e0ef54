using System.IO.Enumeration;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>Which devices programs are to be at: <c>--devices</c>. Names may have <c>*</c> and <c>?</c> in them.</summary>
/// <param name="IsAuto">Whether devices are served that have something to serve, by what they are.</param>
/// <param name="Included">Names of devices that are served, whatever they are.</param>
/// <param name="Excluded">Names of devices that are not, whatever else is said.</param>
public sealed record DeviceOptions(bool IsAuto, ValueArray<string> Included = default, ValueArray<string> Excluded = default)
{
    private const string Auto = "auto";
    private const string None = "none";
    private const int LongestName = 15;

    /// <summary>Whether no device is served, whatever comes.</summary>
    public bool IsNone => !IsAuto && Included.IsEmpty;

    /// <summary>Whether the device is served, or is not, since its name was given; null where that does not decide.</summary>
    public bool? Decide(string name)
    {
        if (Excluded.Any(pattern => Matches(pattern, name)))
        {
            return false;
        }

        return Included.Any(pattern => Matches(pattern, name)) ? true : IsAuto ? null : false;
    }

    /// <summary>
    /// Reads <c>auto</c>, <c>none</c> (or nothing), or names with commas, <c>auto</c> among them or not; a <c>!</c> before a name
    /// excludes it. Where only excluded names are given all else is decided by what it is.
    /// </summary>
    public static DeviceOptions? TryParse(string text, out string? error)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items is [] or [None])
        {
            error = null;
            return new(IsAuto: false);
        }

        ValueArray<string> excluded = [.. items.Where(item => item[0] == '!').Select(item => item[1..].TrimStart())];
        ValueArray<string> included = [.. items.Where(item => item[0] != '!' && item != Auto)];
        error = included.Concat(excluded).Where(name => !IsName(name)).Select(name => $"--devices: '{name}' is not the name of a device").FirstOrDefault();
        return error is null ? new(items.Contains(Auto) || included.IsEmpty, included, excluded) : null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name != None && !name.Any(letter => letter is '/' or ':' or '!' || char.IsWhiteSpace(letter));

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
