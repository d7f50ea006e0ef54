using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Reads a map many entries at a time, an array or one whose entries come and go, once its object is loaded. Others go on writing
/// it: what comes or goes meanwhile may be missed. It needs 5.6, for tries 5.13.
/// </summary>
public sealed unsafe class BatchReader
{
    private const int Entries = 256;

    private readonly string _map;
    private readonly int _fd;
    private readonly int _keySize;
    private readonly int _valueSize;

    // A key, or what the kernel takes for a place: it has 4 bytes at least.
    private readonly byte[] _place;
    private readonly byte[] _keys;
    private readonly byte[] _values;
    private bool _hasBegun;
    private bool _isOver;

    public BatchReader(IMap map)
    {
        (_map, _fd, _keySize, _valueSize) = (map.Name, map.Fd, map.KeySize, map.ValueSize);
        _place = new byte[Math.Max(_keySize, sizeof(ulong))];
        _keys = new byte[Entries * _keySize];
        _values = new byte[Entries * _valueSize];
    }

    /// <summary>How many entries the newest <see cref="Read"/> found.</summary>
    public int Count { get; private set; }

    /// <summary>The values of these, one after the other.</summary>
    public ReadOnlySpan<byte> Values => _values.AsSpan(0, Count * _valueSize);

    /// <summary>The key of one of these.</summary>
    public ReadOnlySpan<byte> Key(int index) => _keys.AsSpan(index * _keySize, _keySize);

    /// <summary>The value of one of these.</summary>
    public ReadOnlySpan<byte> Value(int index) => _values.AsSpan(index * _valueSize, _valueSize);

    /// <summary>Reads the next ones.</summary>
    /// <returns>False where there are none.</returns>
    /// <exception cref="BpfException">The kernel refused, or cannot do it.</exception>
    public bool Read()
    {
        Count = 0;
        if (_isOver)
        {
            return false;
        }

        uint count = Entries;
        fixed (byte* place = _place, keys = _keys, values = _values)
        {
            var result = LibBpf.bpf_map_lookup_batch(_fd, _hasBegun ? place : null, place, keys, values, &count, null);
            _isOver = result != 0;
        }

        // It says so with the last ones.
        if (_isOver && Marshal.GetLastPInvokeError() != Errno.NoEntry)
        {
            throw BpfException.FromLastError("read map", _map);
        }

        (_hasBegun, Count) = (true, (int)count);
        return Count > 0;
    }

    /// <summary>How many entries there are, as of about now.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot do it.</exception>
    public static int CountEntries(IMap map)
    {
        var (reader, count) = (new BatchReader(map), 0);
        while (reader.Read())
        {
            count += reader.Count;
        }

        return count;
    }
}
