using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace KubeProxyNext.Unit;

/// <summary>
/// The test needs root and a kernel with BPF. It is skipped where an ordinary user runs it; where it could run, so as root, or
/// where CI promises BPF, nothing is skipped: what is missing fails.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresBpfAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (!Environment.IsPrivilegedProcess && Environment.GetEnvironmentVariable("CI") is null)
        {
            test.RunState = RunState.Skipped;
            test.Properties.Set(PropertyNames.SkipReason, "needs root for BPF");
        }
    }
}
