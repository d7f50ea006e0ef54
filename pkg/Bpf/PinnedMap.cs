using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map opened at its pin, whoever made it.</summary>
public sealed class PinnedMap : SafeHandle, IMap
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

    string IMap.Name => Path;

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

    /// <summary>The descriptor, for as long as this lives.</summary>
    public int Fd => (int)handle;

    /// <exception cref="BpfException">There is no map at the path, or it may not be read.</exception>
    public static PinnedMap Open(string path)
    {
        var fd = LibBpf.bpf_obj_get(path);
        return fd >= 0 ? new PinnedMap(fd, path) : throw BpfException.FromLastError("open map", path);
    }

    protected override bool ReleaseHandle() => LibC.close(Fd) == 0;
}
