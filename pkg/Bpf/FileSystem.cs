using System.Buffers.Binary;

namespace KubeProxyNext.Bpf;

/// <summary>The two file systems that BPF lives in: bpffs, where pins are, and cgroup2, where programs are attached.</summary>
public static unsafe class FileSystem
{
    private const long BpfMagic = 0xcafe4a11;
    private const string UsualBpfFs = "/sys/fs/bpf";
    private const int LargestStatfs = 256;

    /// <summary>
    /// Makes the folder for pins. Where the bpffs that it should lie in, the usual one, is not mounted, that is mounted first.
    /// </summary>
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
            Mount(path, parent);
        }

        Directory.CreateDirectory(path);
    }

    /// <summary>Whether an existing path lies in a bpffs.</summary>
    public static bool IsBpffs(string path) => TypeOf(path) == BpfMagic;

    /// <summary>Where cgroup2 is mounted, by <c>/proc/mounts</c>: alone, or beside cgroup v1; null where it is not.</summary>
    public static string? FindCgroup2() => File.ReadLines("/proc/mounts")
        .Select(line => line.Split(' '))
        .FirstOrDefault(fields => fields is [_, _, "cgroup2", ..])?[1];

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

    private static void Mount(string path, string parent)
    {
        if (parent != UsualBpfFs)
        {
            throw new BpfException("make pin folder", path, 22, $"{parent} is not in a bpffs; see --bpffs");
        }

        if (LibC.mount("bpf", UsualBpfFs, "bpf", 0, 0) != 0)
        {
            throw BpfException.FromLastError("mount bpffs at", UsualBpfFs, $"mount it: mount -t bpf bpf {UsualBpfFs}");
        }
    }
}
