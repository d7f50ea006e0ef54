using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Reads a map many entries at a time, an array or one whose entries come and go, once its object is loaded. Others go on writing
/// it: what comes or goes meanwhile may be missed. It needs 5.6, for tries 5.13.
/// </summary>
public sealed unsafe class BatchReader(BpfMap map)
{
    private const int Entries = 256;

    // A key, or what the kernel takes for a place: it has 4 bytes at least.
    private readonly byte[] _place = new byte[Math.Max(map.KeySize, sizeof(ulong))];
    private readonly byte[] _keys = new byte[Entries * map.KeySize];
    private readonly byte[] _values = new byte[Entries * map.ValueSize];
    private bool _hasBegun;
    private bool _isOver;

    /// <summary>How many entries the newest <see cref="Read"/> found.</summary>
    public int Count { get; private set; }

    /// <summary>The values of these, one after the other.</summary>
    public ReadOnlySpan<byte> Values => _values.AsSpan(0, Count * map.ValueSize);

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
            var result = LibBpf.bpf_map_lookup_batch(map.Fd, _hasBegun ? place : null, place, keys, values, &count, null);
            _isOver = result != 0;
        }

        // It says so with the last ones.
        if (_isOver && Marshal.GetLastPInvokeError() != Errno.NoEntry)
        {
            throw BpfException.FromLastError("read map", map.Name);
        }

        (_hasBegun, Count) = (true, (int)count);
        return Count > 0;
    }

    /// <summary>How many entries there are, as of about now.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot do it.</exception>
    public static int CountEntries(BpfMap map)
    {
        var (reader, count) = (new BatchReader(map), 0);
        while (reader.Read())
        {
            count += reader.Count;
        }

        return count;
    }
}
