using System.Globalization;

namespace KubeProxyNext.Migration.Checks;

/// <summary>What this process may do.</summary>
/// <param name="status">The text of <c>/proc/self/status</c>.</param>
/// <param name="limits">The text of <c>/proc/self/limits</c>.</param>
/// <param name="kernel">Its version.</param>
internal sealed class PrivilegeChecks(string status, string limits, Version kernel)
{
    private const int NetAdmin = 12;
    private const int SysAdmin = 21;
    private const int SysResource = 24;
    private const int PerfMon = 38;
    private const int Bpf = 39;

    // Since then maps are charged to a cgroup.
    private static readonly Version MemoryCgroup = new(5, 11);

    internal IEnumerable<CheckLine> Run()
    {
        yield return Capabilities();
        if (kernel < MemoryCgroup)
        {
            yield return LockedMemory();
        }
    }

    private CheckLine Capabilities()
    {
        string[] missing =
        [
            .. Has(NetAdmin) ? (string[])[] : ["NET_ADMIN"],
            .. Has(Bpf) || Has(SysAdmin) ? (string[])[] : ["BPF"],
            .. Has(PerfMon) || Has(SysAdmin) ? (string[])[] : ["PERFMON"],
        ];
        return missing.Length > 0
            ? CheckLine.Failed("capabilities", $"missing: {string.Join(", ", missing)}", "run as root, in a container with these capabilities")
            : !Has(SysAdmin)
                ? CheckLine.Warning(
                    "capabilities", "NET_ADMIN, BPF, PERFMON; no SYS_ADMIN",
                    "without SYS_ADMIN network namespaces of pods cannot be entered, and connected UDP sockets in there are not told when their backend goes; "
                    + "and nothing is carried over into maps of another size or build")
                : CheckLine.Passed("capabilities", "all that are needed");
    }

    private CheckLine LockedMemory() => Has(SysResource) || limits.Split('\n').Any(line => line.StartsWith("Max locked memory  ", StringComparison.Ordinal) && line.Contains("unlimited", StringComparison.Ordinal))
        ? CheckLine.Passed("locked memory", "not limited, or can be raised")
        : CheckLine.Failed("locked memory", "it is limited, and counts all maps before kernel 5.11", "raise it (ulimit -l unlimited), or add the capability SYS_RESOURCE");

    private bool Has(int capability) => (Effective() & 1UL << capability) != 0;

    private ulong Effective()
    {
        const string key = "CapEff:";
        return status.Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            && ulong.TryParse(line.AsSpan(key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
                ? mask
                : 0;
    }
}
