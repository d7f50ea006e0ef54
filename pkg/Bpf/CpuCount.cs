using System.Globalization;

namespace KubeProxyNext.Bpf;

/// <summary>The CPUs of this machine, as far as maps have room for each.</summary>
public static class CpuCount
{
    private const string Online = "/sys/devices/system/cpu/online";

    /// <summary>
    /// How many CPUs the kernel reserves room for in per-CPU maps: those that could ever be there. On a virtual machine that may be
    /// hundreds more than there are.
    /// </summary>
    public static int Possible { get; } = LibBpf.libbpf_num_possible_cpus();

    /// <summary>The highest number of a CPU that is there now, counted from 0.</summary>
    public static int HighestOnline { get; } = LastOf(File.ReadAllText(Online));

    /// <summary>The last number of a list such as <c>0-3,8-11</c> (cpuset(7)).</summary>
    internal static int LastOf(string list) =>
        int.Parse(list.AsSpan(list.LastIndexOfAny(['-', ',']) + 1), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
