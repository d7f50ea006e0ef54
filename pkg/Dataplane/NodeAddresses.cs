using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The writer of <c>node_addresses</c>: the addresses of this node that accept NodePorts. Any thread may call.</summary>
internal sealed class NodeAddresses<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    /// <summary><c>NODE_ADDRESSES</c> in bpf/lib/maps.h.</summary>
    internal const int Capacity = 4096;

    private readonly BpfMap<TAddress, uint> _map;
    private readonly HashSet<TAddress> _written;
    private readonly Lock _writer = new();

    /// <summary>Takes the map as an earlier process left it.</summary>
    internal NodeAddresses(BpfMap map)
    {
        _map = new(map);
        _written = [.. _map.Keys()];
    }

    /// <summary>What the map holds.</summary>
    internal IReadOnlyCollection<IpAddress> Written => [.. _written.Select(address => address.ToIpAddress())];

    /// <summary>How many these are.</summary>
    internal int Count
    {
        get
        {
            lock (_writer)
            {
                return _written.Count;
            }
        }
    }

    /// <summary>Has these, and only these, accept NodePorts. What stays is never away.</summary>
    /// <returns>How many found no room: the last ones.</returns>
    internal int Set(IEnumerable<IpAddress> addresses)
    {
        lock (_writer)
        {
            TAddress[] all = [.. addresses.Distinct().Select(TAddress.From)];
            var wanted = all.Take(_map.MaxEntries).ToHashSet();
            TAddress[] added = [.. wanted.Where(address => !_written.Contains(address))];
            var fit = Math.Min(added.Length, _map.MaxEntries - _written.Count);

            // What is new comes before what goes, as far as there is room for both.
            Array.ForEach(added[..fit], Add);
            Array.ForEach([.. _written.Where(address => !wanted.Contains(address))], Remove);
            Array.ForEach(added[fit..], Add);
            return all.Length - wanted.Count;
        }
    }

    /// <summary>Puts right what somebody else has written. False where nothing was to be.</summary>
    internal bool Restore()
    {
        lock (_writer)
        {
            var found = _map.Keys().ToHashSet();
            if (found.SetEquals(_written))
            {
                return false;
            }

            foreach (var lost in _written.Where(address => !found.Contains(address)))
            {
                _map.TrySet(lost, 1);
            }

            foreach (var foreign in found.Where(address => !_written.Contains(address)))
            {
                _map.Remove(foreign);
            }

            return true;
        }
    }

    private void Add(TAddress address)
    {
        if (!_map.TrySet(address, 1))
        {
            throw new MapFullException("node_addresses", _map.MaxEntries, "--nodeport-addresses");
        }

        _written.Add(address);
    }

    private void Remove(TAddress address)
    {
        _map.Remove(address);
        _written.Remove(address);
    }
}
