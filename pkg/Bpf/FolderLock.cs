using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Keeps other processes that ask from working in the same folder (flock(2) on the directory, which works in a bpffs too). The kernel
/// lets it go with the process, however that ends.
/// </summary>
public sealed class FolderLock : SafeHandle
{
    private FolderLock(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    /// <exception cref="BpfException">There is no such folder, or another process has it.</exception>
    public static FolderLock Take(string path) => TryTake(path)
        ?? throw new BpfException("lock folder", path, Errno.Again, "another kube-proxy-next works there: end it first, start this one with --take-over, or see --bpffs");

    /// <returns>Null where another process has it.</returns>
    /// <exception cref="BpfException">There is no such folder, or it cannot be locked.</exception>
    public static FolderLock? TryTake(string path)
    {
        var fd = LibC.open(path, LibC.OpenDirectory | LibC.OpenCloseOnExec);
        if (fd < 0)
        {
            throw BpfException.FromLastError("open folder", path, "see --bpffs");
        }

        var taken = new FolderLock(fd);
        if (LibC.flock(fd, LibC.LockExclusive | LibC.LockNoWait) == 0)
        {
            return taken;
        }

        var refused = BpfException.FromLastError("lock folder", path);
        taken.Dispose();
        return refused.Errno == Errno.Again ? null : throw refused;
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
