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
        while (true)
        {
            var opened = TryOpen(path) ?? throw new BpfException("open folder", path, Errno.NoEntry, "see --bpffs");
            var isTaken = opened.TryLock(path);

            // Whoever had it until now may have removed the folder: nobody else would look at this one.
            if (isTaken && opened.IsAt(path))
            {
                return opened;
            }

            opened.Dispose();
            if (!isTaken)
            {
                return null;
            }
        }
    }

    /// <summary>Whether a process has it; nobody has a folder that is not there.</summary>
    /// <exception cref="BpfException">It cannot be locked.</exception>
    public static bool IsTaken(string path)
    {
        using var opened = TryOpen(path);
        return opened?.TryLock(path) == false;
    }

    /// <summary>Whether the path leads to the folder that is locked: where it was removed, others can lock one of the same name.</summary>
    /// <exception cref="BpfException">The folder cannot be opened.</exception>
    public bool IsAt(string path)
    {
        using var there = TryOpen(path);
        return there is not null && there.IdOf(path) == IdOf(path);
    }

    private static FolderLock? TryOpen(string path)
    {
        var fd = LibC.open(path, LibC.OpenDirectory | LibC.OpenCloseOnExec);
        if (fd >= 0)
        {
            return new(fd);
        }

        return Marshal.GetLastPInvokeError() == Errno.NoEntry ? null : throw BpfException.FromLastError("open folder", path, "see --bpffs");
    }

    private bool TryLock(string path)
    {
        if (LibC.flock((int)handle, LibC.LockExclusive | LibC.LockNoWait) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.Again ? false : throw BpfException.FromLastError("lock folder", path);
    }

    private FileId IdOf(string path) => FileId.Of((int)handle, "folder", path);

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
