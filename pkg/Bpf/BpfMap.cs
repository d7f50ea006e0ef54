using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map of a <see cref="BpfObject"/>; it lives as long as the object does.</summary>
public sealed unsafe class BpfMap : IMap
{
    private readonly nint _map;

    internal BpfMap(nint map)
    {
        _map = map;
        Name = Marshal.PtrToStringUTF8(LibBpf.bpf_map__name(map))!;

        // Where the kernel refuses the types, libbpf makes the map without them, and forgets them.
        (KeyType, ValueType) = (LibBpf.bpf_map__btf_key_type_id(map), LibBpf.bpf_map__btf_value_type_id(map));
    }

    public string Name { get; }

    /// <summary>As in <c>enum bpf_map_type</c>.</summary>
    public int Type => LibBpf.bpf_map__type(_map);

    public int KeySize => (int)LibBpf.bpf_map__key_size(_map);

    public int ValueSize => (int)LibBpf.bpf_map__value_size(_map);

    public int Flags => (int)LibBpf.bpf_map__map_flags(_map);

    /// <summary>The id of the keys' type in the object's BTF; 0 where it has none.</summary>
    public uint KeyType { get; }

    /// <summary>The id of the values' type in the object's BTF; 0 where it has none.</summary>
    public uint ValueType { get; }

    /// <summary>Settable before the object is loaded.</summary>
    public int MaxEntries
    {
        get => (int)LibBpf.bpf_map__max_entries(_map);
        set => ThrowIfFailed(LibBpf.bpf_map__set_max_entries(_map, (uint)value), "resize map");
    }

    /// <summary>Which map of the kernel it is, once the object is loaded.</summary>
    /// <exception cref="BpfException">The kernel does not tell.</exception>
    public uint Id => MapInfo.Read(Fd, Name).Id;

    /// <summary>The descriptor, once the object is loaded; it belongs to the object.</summary>
    public int Fd => LibBpf.bpf_map__fd(_map);

    /// <summary>The bytes of a data section, before the object is loaded.</summary>
    internal Span<byte> InitialValue
    {
        get
        {
            var start = LibBpf.bpf_map__initial_value(_map, out var size);
            return new(start, (int)size);
        }
    }

    /// <summary>Where <see cref="BpfObject.Load"/> finds the map if it exists, and pins it if not.</summary>
    public void PinAt(string path) => ThrowIfFailed(LibBpf.bpf_map__set_pin_path(_map, path), $"set pin path {path} of map");

    /// <summary>Adds an entry whose key and value lie as bytes, once the object is loaded.</summary>
    /// <returns>False where there is one already, or no room.</returns>
    /// <exception cref="BpfException">The kernel refused for another reason.</exception>
    public bool TryAdd(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        const ulong noExist = 1;
        if ((key.Length, value.Length) != (KeySize, ValueSize))
        {
            throw new ArgumentException($"map {Name} has keys of {KeySize} and values of {ValueSize} bytes, not {key.Length} and {value.Length}", nameof(key));
        }

        fixed (byte* keyStart = key, valueStart = value)
        {
            return LibBpf.bpf_map_update_elem(Fd, keyStart, valueStart, noExist) == 0
                || (Marshal.GetLastPInvokeError() is Errno.Exists or Errno.TooBig or Errno.NoSpace
                    ? false : throw BpfException.FromLastError("update map", Name));
        }
    }

    private void ThrowIfFailed(int result, string operation)
    {
        if (result != 0)
        {
            throw BpfException.FromLastError(operation, Name);
        }
    }
}
