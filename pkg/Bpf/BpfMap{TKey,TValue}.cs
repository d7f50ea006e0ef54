using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>A map whose entries come and go (a hash, a trie), once its object is loaded: each call is a system call.</summary>
public sealed unsafe class BpfMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly string _name;
    private readonly int _fd;

    /// <exception cref="ArgumentException">The map's keys or values are not of the size of these types.</exception>
    public BpfMap(IMap map)
    {
        if ((map.KeySize, map.ValueSize) != (sizeof(TKey), sizeof(TValue)))
        {
            throw new ArgumentException(
                $"map {map.Name} has keys of {map.KeySize} and values of {map.ValueSize} bytes, not {sizeof(TKey)} and {sizeof(TValue)}", nameof(map));
        }

        (_name, _fd, MaxEntries) = (map.Name, map.Fd, map.MaxEntries);
    }

    public int MaxEntries { get; }

    /// <summary>Reads the entry, if there is one.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public bool TryGet(TKey key, out TValue value)
    {
        value = default;
        fixed (TValue* start = &value)
        {
            return LibBpf.bpf_map_lookup_elem(_fd, &key, start) == 0
                || (Marshal.GetLastPInvokeError() == Errno.NoEntry ? false : throw BpfException.FromLastError("read map", _name));
        }
    }

    /// <summary>Adds the entry, or changes its value.</summary>
    /// <returns>False when the map is full.</returns>
    /// <exception cref="BpfException">The kernel refused for another reason.</exception>
    public bool TrySet(TKey key, TValue value)
    {
        if (LibBpf.bpf_map_update_elem(_fd, &key, &value, 0) == 0)
        {
            return true;
        }

        // A hash says the one, a trie the other.
        return Marshal.GetLastPInvokeError() is Errno.TooBig or Errno.NoSpace ? false : throw BpfException.FromLastError("update map", _name);
    }

    /// <summary>Removes the entry; one that is not there is no error.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Remove(TKey key)
    {
        if (LibBpf.bpf_map_delete_elem(_fd, &key) != 0 && Marshal.GetLastPInvokeError() != Errno.NoEntry)
        {
            throw BpfException.FromLastError("delete from map", _name);
        }
    }

    /// <summary>All keys, as long as nobody else writes the map meanwhile.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public List<TKey> Keys()
    {
        var keys = new List<TKey>();
        TKey key, next;
        for (TKey* last = null; LibBpf.bpf_map_get_next_key(_fd, last, &next) == 0; last = &key)
        {
            keys.Add(key = next);
        }

        return Marshal.GetLastPInvokeError() == Errno.NoEntry ? keys : throw BpfException.FromLastError("list map", _name);
    }
}
