using System.Globalization;

namespace KubeProxyNext.Dataplane;

/// <summary>How much memory the machine has, whatever this process may have of it: maps are the kernel's.</summary>
public static class MachineMemory
{
    private const string Field = "MemTotal:";
    private const int Kilobyte = 1024;

    /// <summary>In bytes.</summary>
    public static long Total { get; } = Parse(File.ReadLines("/proc/meminfo"));

    /// <summary>Of lines as <c>MemTotal:       16384 kB</c>.</summary>
    internal static long Parse(IEnumerable<string> lines)
    {
        var line = lines.First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return Kilobyte * long.Parse(line[Field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
