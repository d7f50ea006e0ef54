using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>Keeps a program in the kernel, whoever loaded it, also where nothing runs it any more.</summary>
public sealed class ProgramHandle : SafeHandle
{
    private ProgramHandle(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    internal int Fd => (int)handle;

    /// <exception cref="BpfException">There is none with this id, or the kernel refused.</exception>
    public static ProgramHandle Open(uint id)
    {
        var fd = LibBpf.bpf_prog_get_fd_by_id(id);
        return fd >= 0 ? new(fd) : throw BpfException.FromLastError("open program", $"{id}");
    }

    /// <returns>Null where this process may not open programs by their ids, which takes CAP_SYS_ADMIN.</returns>
    /// <exception cref="BpfException">There is none with this id.</exception>
    public static ProgramHandle? TryOpen(uint id)
    {
        try
        {
            return Open(id);
        }
        catch (BpfException refused) when (refused.Errno == Errno.NotPermitted)
        {
            return null;
        }
    }

    protected override bool ReleaseHandle() => LibC.close(Fd) == 0;
}
