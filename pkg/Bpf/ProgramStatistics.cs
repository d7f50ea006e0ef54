using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>As long as this is open the kernel counts the runs of all programs and their time, which costs each run some 20 ns.</summary>
public sealed class ProgramStatistics : SafeHandle
{
    private const int RunTime = 0;

    private ProgramStatistics(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    /// <exception cref="BpfException">The kernel refused.</exception>
    public static ProgramStatistics Enable()
    {
        var fd = LibBpf.bpf_enable_stats(RunTime);
        return fd >= 0 ? new(fd) : throw BpfException.FromLastError("enable", "program statistics");
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
