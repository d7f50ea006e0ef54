using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>How often a program ran while <see cref="ProgramStatistics"/> were on, and the nanoseconds that all runs took together.</summary>
public readonly record struct ProgramRuns(ulong Count, ulong Nanoseconds)
{
    public static ProgramRuns operator -(ProgramRuns left, ProgramRuns right) =>
        new(left.Count - right.Count, left.Nanoseconds - right.Nanoseconds);

    internal static unsafe ProgramRuns Read(int program, string name)
    {
        var info = default(ProgramInfo);
        var size = (uint)sizeof(ProgramInfo);
        return LibBpf.bpf_obj_get_info_by_fd(program, &info, &size) == 0
            ? new(info.RunCount, info.RunTime)
            : throw BpfException.FromLastError("read program", name);
    }

    /// <summary>The two fields of <c>struct bpf_prog_info</c> that count here; the kernel fills as much of it as it is given room for.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct ProgramInfo
    {
        [FieldOffset(192)]
        public ulong RunTime;

        [FieldOffset(200)]
        public ulong RunCount;
    }
}
