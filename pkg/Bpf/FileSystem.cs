using System.Buffers.Binary;

namespace KubeProxyNext.Bpf;

/// <summary>The two file systems that BPF lives in: bpffs, where pins are, and cgroup2, where programs are attached.</summary>
public static unsafe class FileSystem
{
    private const long BpfMagic = 0xcafe4a11;
    /// <summary>Where bpffs usually is.</summary>
    public const string UsualBpfFs = "/sys/fs/bpf";

    private const int LargestStatfs = 256;
    private const int InvalidArgument = 22;

    /// <summary>Mounts bpffs at its usual place for this process' mount namespace, where it is not and pins are to lie in it.</summary>
    /// <param name="path">The folder for pins.</param>
    /// <returns>Whether it did.</returns>
    /// <exception cref="BpfException">It cannot be mounted.</exception>
    public static bool MountBpffsFor(string path)
    {
        if (!path.StartsWith(UsualBpfFs + "/", StringComparison.Ordinal) || !Directory.Exists(UsualBpfFs) || IsBpffs(UsualBpfFs))
        {
            return false;
        }

        if (LibC.mount("bpf", UsualBpfFs, "bpf", 0, 0) != 0)
        {
            throw BpfException.FromLastError("mount bpffs at", UsualBpfFs, $"mount it: mount -t bpf bpf {UsualBpfFs}");
        }

        return true;
    }

    /// <summary>Makes the folder for pins.</summary>
    /// <exception cref="BpfException">The path does not lie in a bpffs.</exception>
    public static void CreatePinFolder(string path)
    {
        var parent = path;
        while (!Directory.Exists(parent))
        {
            parent = System.IO.Path.GetDirectoryName(parent) ?? "/";
        }

        if (!IsBpffs(parent))
        {
            throw new BpfException("make pin folder", path, InvalidArgument, $"{parent} is not in a bpffs; see --bpffs");
        }

        Directory.CreateDirectory(path);
    }

    /// <summary>Whether an existing path lies in a bpffs.</summary>
    public static bool IsBpffs(string path) => TypeOf(path) == BpfMagic;

    /// <summary>Where cgroup2 is mounted, by <c>/proc/mounts</c>: alone, or beside cgroup v1; null where it is not.</summary>
    public static string? FindCgroup2() => File.ReadLines("/proc/mounts")
        .Select(line => line.Split(' '))
        .FirstOrDefault(fields => fields is [_, _, "cgroup2", ..])?[1];

    /// <summary>Mounts cgroup2, as much of it as this process' cgroup namespace has.</summary>
    /// <param name="path">Is made where it is not there.</param>
    /// <exception cref="BpfException">It cannot be mounted.</exception>
    public static void MountCgroup2(string path)
    {
        Directory.CreateDirectory(path);
        if (LibC.mount("cgroup2", path, "cgroup2", 0, 0) != 0)
        {
            throw BpfException.FromLastError(
                "mount cgroup2 at", path, "it is mounted nowhere: mount -t cgroup2 cgroup2 /sys/fs/cgroup, or name a directory of it with --cgroup");
        }
    }

    /// <summary>The magic number of the file system that the path lies in (statfs(2)).</summary>
    internal static long TypeOf(string path)
    {
        Span<byte> buffer = stackalloc byte[LargestStatfs];
        fixed (byte* start = buffer)
        {
            return LibC.statfs(path, start) == 0
                ? BinaryPrimitives.ReadInt64LittleEndian(buffer)
                : throw BpfException.FromLastError("statfs", path);
        }
    }
}
