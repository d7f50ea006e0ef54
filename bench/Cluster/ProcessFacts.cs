using System.Globalization;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>What <c>/proc</c> tells of a process.</summary>
internal static class ProcessFacts
{
    private const double TicksPerSecond = 100;
    private const int StateField = 2;
    private const int UserTimeField = 13;

    /// <summary>A line of <c>/proc/PID/status</c> that is given in kB, such as <c>VmRSS</c>, in megabytes of a million bytes.</summary>
    public static double Megabytes(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        var kilobytes = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[^2];
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>The processor time that all threads took so far, in user space and in the kernel, in seconds.</summary>
    public static double ProcessorSeconds(int pid)
    {
        // The second field is the program's name in parentheses, and may itself hold blanks and parentheses.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Ticks(fields, UserTimeField) + Ticks(fields, UserTimeField + 1)) / TicksPerSecond;
    }

    private static double Ticks(string[] fields, int field) => double.Parse(fields[field - StateField], CultureInfo.InvariantCulture);
}
