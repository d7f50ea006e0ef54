using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map opened at its pin, whoever made it.</summary>
public sealed unsafe class PinnedMap : SafeHandle
{
    private PinnedMap(int fd, string path)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
        var info = default(MapInfo);
        var size = (uint)sizeof(MapInfo);
        if (LibBpf.bpf_obj_get_info_by_fd(fd, &info, &size) != 0)
        {
            throw BpfException.FromLastError("read map", path);
        }

        (KeySize, ValueSize, MaxEntries) = ((int)info.KeySize, (int)info.ValueSize, (int)info.MaxEntries);
    }

    public override bool IsInvalid => handle < 0;

    public string Path { get; }

    /// <summary>In bytes.</summary>
    public int KeySize { get; }

    /// <summary>In bytes, for one CPU.</summary>
    public int ValueSize { get; }

    public int MaxEntries { get; }

    internal int Fd => (int)handle;

    /// <exception cref="BpfException">There is no map at the path, or it may not be read.</exception>
    public static PinnedMap Open(string path)
    {
        var fd = LibBpf.bpf_obj_get(path);
        return fd >= 0 ? new PinnedMap(fd, path) : throw BpfException.FromLastError("open map", path);
    }

    /// <summary>Reads one value of an array.</summary>
    public T Read<T>(int index)
        where T : unmanaged
    {
        T value = default;
        ReadInto(index, &value, sizeof(T));
        return value;
    }

    /// <summary>Reads one value of a per-CPU array: that of every possible CPU. Values have 8 bytes.</summary>
    public ulong[] ReadPerCpu(int index)
    {
        var values = new ulong[CpuCount.Possible];
        fixed (ulong* start = values)
        {
            ReadInto(index, start, sizeof(ulong));
        }

        return values;
    }

    protected override bool ReleaseHandle() => LibC.close(Fd) == 0;

    private void ReadInto(int index, void* value, int size)
    {
        if (size != ValueSize)
        {
            throw new ArgumentException($"map {Path} has values of {ValueSize} bytes, not {size}");
        }

        var key = (uint)index;
        if (LibBpf.bpf_map_lookup_elem(Fd, &key, value) != 0)
        {
            throw BpfException.FromLastError("read map", $"{Path} at {index}");
        }
    }

    /// <summary>The head of <c>struct bpf_map_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MapInfo
    {
        public uint Type;
        public uint Id;
        public uint KeySize;
        public uint ValueSize;
        public uint MaxEntries;
        public uint Flags;
    }
}
