using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Migration.Checks;

namespace KubeProxyNext;

/// <summary>Whether what a daemon has left at work is complete.</summary>
internal static class PinCheck
{
    private const string Subject = "own pins";

    internal static CheckLine Run(string bpffs)
    {
        try
        {
            return PinDamage.Find(bpffs) is { Count: > 0 } damage
                ? CheckLine.Warning(Subject, string.Join("; ", damage), "somebody else has taken them away: the daemon puts them right (--audit-interval), or its next start does")
                : CheckLine.Passed(Subject, "complete, or none");
        }
        catch (BpfException error)
        {
            return CheckLine.Warning(Subject, error.Message, "run this as root");
        }
    }
}
