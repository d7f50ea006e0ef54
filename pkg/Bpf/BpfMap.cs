using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map of a <see cref="BpfObject"/>; it lives as long as the object does.</summary>
public sealed unsafe class BpfMap
{
    private readonly nint _map;

    internal BpfMap(nint map)
    {
        _map = map;
        Name = Marshal.PtrToStringUTF8(LibBpf.bpf_map__name(map))!;
    }

    public string Name { get; }

    /// <summary>As in <c>enum bpf_map_type</c>.</summary>
    public int Type => LibBpf.bpf_map__type(_map);

    public int KeySize => (int)LibBpf.bpf_map__key_size(_map);

    public int ValueSize => (int)LibBpf.bpf_map__value_size(_map);

    public int Flags => (int)LibBpf.bpf_map__map_flags(_map);

    /// <summary>Settable before the object is loaded.</summary>
    public int MaxEntries
    {
        get => (int)LibBpf.bpf_map__max_entries(_map);
        set => ThrowIfFailed(LibBpf.bpf_map__set_max_entries(_map, (uint)value), "resize map");
    }

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

    private void ThrowIfFailed(int result, string operation)
    {
        if (result != 0)
        {
            throw BpfException.FromLastError(operation, Name);
        }
    }
}
