using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Bench.Results;

/// <summary>Where and when it was measured.</summary>
internal sealed record Machine(string Processor, int Processors, string Kernel, double MemoryGigabytes, string Runtime, DateTimeOffset Date)
{
    public static Machine Describe(TimeProvider time) => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.FrameworkDescription,
        time.GetUtcNow());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor}, {Processors} processors, {MemoryGigabytes} GB, Linux {Kernel}, {Date:yyyy-MM-dd HH:mm} UTC");

    private static string? Field(string file, string name) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
