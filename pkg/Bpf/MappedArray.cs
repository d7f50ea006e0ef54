using System.Numerics;
using System.Runtime.CompilerServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// A <c>BPF_F_MMAPABLE</c> array as memory: reads and writes are plain loads and stores, seen by programs at once. It is mapped
/// a window at a time, when an entry of it is first touched, since the kernel maps (and accounts) every page of a mapping at once.
/// The owner of the map must outlive this.
/// </summary>
public sealed unsafe class MappedArray<T> : IDisposable
    where T : unmanaged
{
    private const int WindowBytes = 1 << 17;

    private readonly string _name;
    private readonly int _fd;
    private readonly int _stride;
    private readonly int _perWindow;
    private readonly nint[] _windows;

    /// <exception cref="ArgumentException">The map's values are not of T's size.</exception>
    public MappedArray(IMap map)
    {
        if (map.ValueSize != sizeof(T))
        {
            throw new ArgumentException($"map {map.Name} has values of {map.ValueSize} bytes, {typeof(T).Name} has {sizeof(T)}", nameof(map));
        }

        (_name, _fd, Count) = (map.Name, map.Fd, map.MaxEntries);
        _stride = (map.ValueSize + 7) & ~7;
        _perWindow = EntriesPerWindow(_stride);
        _windows = new nint[(Count + _perWindow - 1) / _perWindow];
    }

    /// <summary>How many entries the array has.</summary>
    public int Count { get; }

    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var window = index / _perWindow;
            var start = _windows[window];
            if (start == 0)
            {
                start = Map(window);
            }

            return ref Unsafe.AsRef<T>((byte*)start + (long)(index % _perWindow) * _stride);
        }
    }

    /// <summary>Gives the memory back; what is touched again is mapped again.</summary>
    public void Unmap()
    {
        for (var window = 0; window < _windows.Length; window++)
        {
            if (_windows[window] != 0)
            {
                _ = LibC.munmap(_windows[window], LengthOf(window));
                _windows[window] = 0;
            }
        }
    }

    public void Dispose() => Unmap();

    // A window begins at a page, and no entry lies across two windows.
    private static int EntriesPerWindow(int stride)
    {
        var together = Environment.SystemPageSize / (int)BigInteger.GreatestCommonDivisor(stride, Environment.SystemPageSize);
        return Math.Max(1, WindowBytes / stride / together) * together;
    }

    private nint Map(int window)
    {
        var start = LibC.mmap(
            0, LengthOf(window), LibC.ProtRead | LibC.ProtWrite, LibC.MapShared, _fd, (nint)window * _perWindow * _stride);
        return start != -1 ? _windows[window] = start : throw BpfException.FromLastError("map into memory", _name);
    }

    private nuint LengthOf(int window)
    {
        var entries = Math.Min(Count - (long)window * _perWindow, _perWindow);
        return (nuint)(entries * _stride);
    }
}
