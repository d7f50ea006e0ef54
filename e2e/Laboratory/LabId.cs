using System.Globalization;

namespace KubeProxyNext.Laboratory;

/// <summary>
/// The name of one laboratory, which everything that it makes on the machine begins with. It tells the owning process by its id and its start
/// time (clock ticks since boot, field 22 of <c>/proc/PID/stat</c>), since ids alone are reused.
/// </summary>
public readonly record struct LabId(int OwnerPid, ulong OwnerStart, int Sequence)
{
    /// <summary>What the name of every laboratory begins with.</summary>
    public const string Prefix = "kpn-lab-";

    private const int StateField = 2;
    private const int StartField = 21;

    private static int _last;

    /// <summary>The next name for a laboratory of this process.</summary>
    public static LabId Next() =>
        new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0, Interlocked.Increment(ref _last));

    /// <summary>Reads a name, or what a laboratory named after itself: <c>kpn-lab-PID-START-SEQUENCE[-anything]</c>.</summary>
    public static bool TryParse(string name, out LabId id)
    {
        id = default;
        var parts = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..].Split('-', 4) : [];
        if (parts.Length < 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new(pid, start, sequence);
        return true;
    }

    /// <summary>Whether the process that made the laboratory still runs.</summary>
    public bool OwnerIsAlive => StartOf(OwnerPid) == OwnerStart;

    public override string ToString() => $"{Prefix}{OwnerPid}-{OwnerStart}-{Sequence}";

    /// <summary>When a process started, in ticks since boot; null when there is none of that id, or it is dead and not yet reaped.</summary>
    internal static ulong? StartOf(int pid)
    {
        try
        {
            // The second field is the program's name in parentheses, and may itself hold blanks and parentheses.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : ulong.Parse(fields[StartField - StateField], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
