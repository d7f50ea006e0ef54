using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>An open cgroup2 directory.</summary>
public sealed class CgroupHandle : SafeHandle
{
    private const long Cgroup2Magic = 0x63677270;

    private CgroupHandle(int fd, string path)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
    }

    public override bool IsInvalid => handle < 0;

    public string Path { get; }

    /// <summary>The id by which links know the cgroup: its inode number.</summary>
    public ulong Id => FileId.Of(Fd, "cgroup", Path).Inode;

    internal int Fd => (int)handle;

    /// <exception cref="BpfException">There is no such directory, or it is not in a cgroup2 file system.</exception>
    public static CgroupHandle Open(string path)
    {
        var fd = LibC.open(path, LibC.OpenDirectory | LibC.OpenCloseOnExec);
        if (fd < 0)
        {
            throw BpfException.FromLastError("open cgroup", path, "see --cgroup");
        }

        var cgroup = new CgroupHandle(fd, path);
        if (FileSystem.TypeOf(path) == Cgroup2Magic)
        {
            return cgroup;
        }

        cgroup.Dispose();
        throw new BpfException("open cgroup", path, 22, "it is not in a cgroup2 file system; see --cgroup");
    }

    protected override bool ReleaseHandle() => LibC.close(Fd) == 0;
}
