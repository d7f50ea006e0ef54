namespace KubeProxyNext.Bpf;

/// <summary>Pins a map, and reads and writes the values of an array as they lie in memory: each is a system call.</summary>
public static unsafe class MapCalls
{
    /// <summary>Pins the map at a path in a bpffs, whose folder exists.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static void Pin(this IMap map, string path)
    {
        if (LibBpf.bpf_obj_pin(map.Fd, path) != 0)
        {
            throw BpfException.FromLastError("pin map", path, "is it in a mounted bpffs?");
        }
    }

    /// <summary>Reads one value of an array.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static T Read<T>(this IMap map, int index)
        where T : unmanaged
    {
        T value = default;
        map.Read(index, new Span<byte>(&value, sizeof(T)));
        return value;
    }

    /// <summary>Reads one value of an array.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static void Read(this IMap map, int index, Span<byte> value)
    {
        RequireSize(map, value.Length);
        fixed (byte* start = value)
        {
            Read(map, index, start);
        }
    }

    /// <summary>Reads one value of a per-CPU array: that of every possible CPU. Values have 8 bytes.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static ulong[] ReadPerCpu(this IMap map, int index)
    {
        RequireSize(map, sizeof(ulong));
        var values = new ulong[CpuCount.Possible];
        fixed (ulong* start = values)
        {
            Read(map, index, start);
        }

        return values;
    }

    /// <summary>Writes one value of an array.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static void Write(this IMap map, int index, ReadOnlySpan<byte> value)
    {
        RequireSize(map, value.Length);
        var key = (uint)index;
        fixed (byte* start = value)
        {
            if (LibBpf.bpf_map_update_elem(map.Fd, &key, start, 0) != 0)
            {
                throw BpfException.FromLastError("update map", $"{map.Name} at {index}");
            }
        }
    }

    private static void Read(IMap map, int index, void* value)
    {
        var key = (uint)index;
        if (LibBpf.bpf_map_lookup_elem(map.Fd, &key, value) != 0)
        {
            throw BpfException.FromLastError("read map", $"{map.Name} at {index}");
        }
    }

    private static void RequireSize(IMap map, int size)
    {
        if (size != map.ValueSize)
        {
            throw new ArgumentException($"map {map.Name} has values of {map.ValueSize} bytes, not {size}", nameof(size));
        }
    }
}
