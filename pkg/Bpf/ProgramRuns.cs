namespace KubeProxyNext.Bpf;

/// <summary>How often a program ran while <see cref="ProgramStatistics"/> were on, and the nanoseconds that all runs took together.</summary>
public readonly record struct ProgramRuns(ulong Count, ulong Nanoseconds)
{
    public static ProgramRuns operator -(ProgramRuns left, ProgramRuns right) =>
        new(left.Count - right.Count, left.Nanoseconds - right.Nanoseconds);

    internal static ProgramRuns Read(int program, string name)
    {
        var info = ProgramInfo.Read(program, name);
        return new(info.RunCount, info.RunTime);
    }
}
