using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KubeProxyNext.Bpf;

namespace KubeProxyNext;

/// <summary>
/// Gives back what only the start needed: the garbage of the first lists, and the pages of the program file and its libraries, which
/// the kernel maps again, from its page cache, where they are needed after all.
/// </summary>
internal static class ResidentMemory
{
    [SuppressMessage("ApiDesign", "RS0030", Justification = "once, at the end of the start")]
    internal static void Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        MappedMemory.Trim();
        DropPages();
    }

    /// <summary>Gives back the pages alone: with each that it needs the kernel maps those around it, too.</summary>
    internal static void DropPages()
    {
        foreach (var (start, length) in CleanMappings())
        {
            MappedMemory.DropPages(start, length);
        }
    }

    // Only mappings that cannot be written and of which no page was: those lose nothing.
    private static List<(nint Start, nint Length)> CleanMappings()
    {
        var clean = new List<(nint, nint)>();
        (nint Start, nint Length)? current = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.StartsWith("Anonymous:", StringComparison.Ordinal) && current is { } mapping && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                clean.Add(mapping);
            }
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var range, { Length: 4 } permissions, _, _, _, .. var name] && range.Contains('-'))
            {
                current = permissions[1] == '-' && name is [['/', ..]] ? Parse(range) : null;
            }
        }

        return clean;
    }

    private static (nint Start, nint Length) Parse(string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var start = nint.Parse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, nint.Parse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start);
    }
}
