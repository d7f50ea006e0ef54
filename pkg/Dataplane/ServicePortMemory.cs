using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// What programs keep by the id of a service port, and a later one with the same id must not find: what it has counted, and whose turn it is.
/// </summary>
internal sealed class ServicePortMemory : IDisposable
{
    private readonly MappedArray<(ulong Connections, ulong Refused)> _counters;
    private readonly BpfMap _map;
    private readonly MappedArray<uint> _cursors;
    private readonly TrafficTable _traffic;
    private readonly int _capacity;
    private uint _untouched;

    /// <param name="capacity">How many service ports there can be.</param>
    /// <param name="areNew">Whether nobody has written the maps yet: then ids need no clearing, and no memory, before they are used again.</param>
    internal ServicePortMemory(BpfObject loaded, int capacity, bool areNew)
    {
        _map = loaded.Map("service_counters");
        _counters = new(_map);
        _cursors = new(loaded.Map("cursors"));
        _traffic = new(loaded.Map("service_traffic"));
        _capacity = capacity;
        _untouched = areNew ? 0 : uint.MaxValue;
    }

    internal void Clear(uint id)
    {
        if (id >= _untouched)
        {
            _untouched = id + 1;
            return;
        }

        for (var entry = (int)id; entry < _counters.Count; entry += _capacity)
        {
            _counters[entry] = default;
        }

        _cursors[(int)SetId.Of(id, TrafficPolicy.Cluster)] = 0;
        _cursors[(int)SetId.Of(id, TrafficPolicy.Local)] = 0;
        _traffic.Begin(id);
    }

    /// <summary>Flows of the service port that has the id are nobody's from here on.</summary>
    internal void EndTraffic(uint id) => _traffic.End(id);

    /// <summary>Has flows count for the id that were made in this generation of it.</summary>
    internal void BeginTraffic(uint id, uint generation) => _traffic.Begin(id, generation);

    /// <summary>What flows have carried. Any thread may call.</summary>
    internal ServiceTrafficValue ReadTraffic(uint id) => _traffic.Read(id);

    /// <summary>The counts of all CPUs. Any thread may call: it reads by system call, so that no page of the map need be mapped.</summary>
    internal (ulong Connections, ulong Refused) Read(uint id)
    {
        var sum = (Connections: 0UL, Refused: 0UL);
        Span<ulong> value = stackalloc ulong[2];
        for (var entry = (int)id; entry < _counters.Count; entry += _capacity)
        {
            _map.Read(entry, MemoryMarshal.AsBytes(value));
            sum = (sum.Connections + value[0], sum.Refused + value[1]);
        }

        return sum;
    }

    internal void Unmap()
    {
        _counters.Unmap();
        _cursors.Unmap();
    }

    public void Dispose() => Unmap();
}
