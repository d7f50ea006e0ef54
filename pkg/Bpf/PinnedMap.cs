using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map opened at its pin, whoever made it.</summary>
public sealed unsafe class PinnedMap : SafeHandle
{
    private readonly MapInfo _info;

    private PinnedMap(int fd, string path)
        : base(-1, ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
        _info = MapInfo.Read(fd, path);
    }

    public override bool IsInvalid => handle < 0;

    public string Path { get; }

    /// <summary>Which map of the kernel it is: two pins of one map tell the same.</summary>
    public uint Id => _info.Id;

    /// <summary>As in <c>enum bpf_map_type</c>.</summary>
    public int Type => (int)_info.Type;

    /// <summary>In bytes.</summary>
    public int KeySize => (int)_info.KeySize;

    /// <summary>In bytes, for one CPU.</summary>
    public int ValueSize => (int)_info.ValueSize;

    public int MaxEntries => (int)_info.MaxEntries;

    /// <summary>Those that it was made with.</summary>
    public int Flags => (int)_info.Flags;

    /// <summary>The types that it was made with; null where there are none.</summary>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    public Btf? Types => field ??= _info.BtfId == 0 ? null : KernelBtf.Read(_info.BtfId);

    /// <summary>What keys are made of, as far as its types tell.</summary>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    public BtfLayout KeyLayout => Types?.Layout(_info.KeyType) ?? new(0, []);

    /// <summary>What values are made of, as far as its types tell.</summary>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    public BtfLayout ValueLayout => Types?.Layout(_info.ValueType) ?? new(0, []);

    internal int Fd => (int)handle;

    /// <exception cref="BpfException">There is no map at the path, or it may not be read.</exception>
    public static PinnedMap Open(string path)
    {
        var fd = LibBpf.bpf_obj_get(path);
        return fd >= 0 ? new PinnedMap(fd, path) : throw BpfException.FromLastError("open map", path);
    }

    /// <summary>Pins the map at one more path, in a bpffs.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void PinAt(string path)
    {
        if (LibBpf.bpf_obj_pin(Fd, path) != 0)
        {
            throw BpfException.FromLastError("pin map", path);
        }
    }

    /// <summary>Reads one value of an array.</summary>
    public T Read<T>(int index)
        where T : unmanaged
    {
        T value = default;
        ReadInto(index, &value, sizeof(T));
        return value;
    }

    /// <summary>Reads one value of an array as it lies in memory.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Read(int index, Span<byte> value)
    {
        fixed (byte* start = value)
        {
            ReadInto(index, start, value.Length);
        }
    }

    /// <summary>Writes one value of an array as it is to lie in memory.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Write(int index, ReadOnlySpan<byte> value)
    {
        if (value.Length != ValueSize)
        {
            throw new ArgumentException($"map {Path} has values of {ValueSize} bytes, not {value.Length}", nameof(value));
        }

        var key = (uint)index;
        fixed (byte* start = value)
        {
            if (LibBpf.bpf_map_update_elem(Fd, &key, start, 0) != 0)
            {
                throw BpfException.FromLastError("update map", $"{Path} at {index}");
            }
        }
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
}
