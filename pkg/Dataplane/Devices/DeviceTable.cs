using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>The writer of <c>devices</c>: what is equal already is not written.</summary>
internal sealed class DeviceTable<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly BpfMap<uint, DeviceValue<TAddress>> _map;

    private readonly Dictionary<int, DeviceValue<TAddress>?> _written;

    /// <summary>Takes the map as an earlier process left it.</summary>
    internal DeviceTable(BpfMap map)
    {
        _map = new(map);
        _written = _map.Keys().ToDictionary(index => (int)index, _ => default(DeviceValue<TAddress>?));
    }

    internal int Count => _written.Count;

    internal int Capacity => _map.MaxEntries;

    /// <summary>What the map holds, by index; null is what an earlier process wrote.</summary>
    internal IReadOnlyDictionary<int, DeviceValue<TAddress>?> Written => _written;

    /// <summary>Whether the device is in the map, by this process or an earlier one.</summary>
    internal bool Has(int index) => _written.ContainsKey(index);

    /// <exception cref="MapFullException">There are more devices than the map has room for.</exception>
    internal void Set(int index, DeviceValue<TAddress> value)
    {
        if (_written.GetValueOrDefault(index) == value)
        {
            return;
        }

        if (!_map.TrySet((uint)index, value))
        {
            throw new MapFullException("devices", _map.MaxEntries, "--devices");
        }

        _written[index] = value;
    }

    /// <summary>Puts right what somebody else has written. False where nothing was to be.</summary>
    internal bool Restore()
    {
        var isWrong = false;
        foreach (var (index, value) in _written)
        {
            if (value is { } expected && !(_map.TryGet((uint)index, out var found) && found == expected))
            {
                isWrong = true;
                _map.TrySet((uint)index, expected);
            }
        }

        foreach (var foreign in _map.Keys().Where(index => !_written.ContainsKey((int)index)))
        {
            isWrong = true;
            _map.Remove(foreign);
        }

        return isWrong;
    }

    internal void Remove(int index)
    {
        if (_written.Remove(index))
        {
            _map.Remove((uint)index);
        }
    }
}
