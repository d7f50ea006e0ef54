namespace KubeProxyNext.EndToEnd.Image;

/// <summary>Numbers of the capabilities that matter here (linux/capability.h).</summary>
internal static class Capabilities
{
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["NET_ADMIN"] = 12,
        ["NET_RAW"] = 13,
        ["SYS_PTRACE"] = 19,
        ["SYS_ADMIN"] = 21,
        ["SYS_RESOURCE"] = 24,
        ["PERFMON"] = 38,
        ["BPF"] = 39,
    };

    public static int NumberOf(string name) =>
        Numbers.TryGetValue(name, out var number) ? number : throw new LabException($"the number of CAP_{name} is not in the table of {nameof(Capabilities)}");

    /// <summary>Whether this process can give the capability to others.</summary>
    public static bool IsThere(string name)
    {
        const string Field = "CapBnd:";
        var bounding = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..];
        return (Convert.ToUInt64(bounding.Trim(), 16) & (1UL << NumberOf(name))) != 0;
    }
}
