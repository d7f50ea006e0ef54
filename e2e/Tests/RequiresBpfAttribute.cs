using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace KubeProxyNext.EndToEnd;

/// <summary>
/// The tests build network namespaces and load BPF programs. They are skipped where that cannot work (no root, or no cgroup2), but never where
/// continuous integration promises it (<c>CI=true</c>): there they run, and fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class RequiresBpfAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (test.RunState != RunState.NotRunnable && Environment.GetEnvironmentVariable("CI") != "true" && Lacking() is { } lacking)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, lacking);
        }
    }

    private static string? Lacking() =>
        !Environment.IsPrivilegedProcess ? "needs root"
        : !File.ReadLines("/proc/mounts").Any(line => line.Contains(" cgroup2 ", StringComparison.Ordinal)) ? "needs a mounted cgroup2"
        : null;
}
