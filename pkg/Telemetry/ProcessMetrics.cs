using System.Diagnostics.Metrics;
using System.Globalization;

namespace KubeProxyNext.Telemetry;

/// <summary>What Prometheus clients of any language say of their process, read from <c>/proc</c> at each scrape.</summary>
public static class ProcessMetrics
{
    // USER_HZ, which is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    // Of /proc/self/stat, counted from the state, which comes after the name in parentheses.
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int StartTime = 19;
    private const int VirtualMemory = 20;
    private const int ResidentMemory = 21;

    /// <summary>Makes the instruments.</summary>
    public static void Create(Meter meter)
    {
        var started = BootTime() + double.Parse(Stat()[StartTime], CultureInfo.InvariantCulture) / TicksPerSecond;
        meter.CreateObservableCounter(
            "process_cpu_seconds_total", () => (Field(UserTime) + Field(SystemTime)) / TicksPerSecond,
            description: "Total user and system CPU time spent in seconds.");
        meter.CreateObservableGauge("process_max_fds", MaxDescriptors, description: "Maximum number of open file descriptors.");
        meter.CreateObservableGauge(
            "process_open_fds", () => (long)Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), description: "Number of open file descriptors.");
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", () => Field(ResidentMemory) * Environment.SystemPageSize, description: "Resident memory size in bytes.");
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => started, description: "Start time of the process since unix epoch in seconds.");
        meter.CreateObservableGauge("process_virtual_memory_bytes", () => Field(VirtualMemory), description: "Virtual memory size in bytes.");
    }

    private static double Field(int index) => double.Parse(Stat()[index], CultureInfo.InvariantCulture);

    private static string[] Stat()
    {
        var text = File.ReadAllText("/proc/self/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double BootTime() => double.Parse(
        File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal)).AsSpan(6), CultureInfo.InvariantCulture);

    private static double MaxDescriptors()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft == "unlimited" ? double.PositiveInfinity : double.Parse(soft, CultureInfo.InvariantCulture);
    }
}
