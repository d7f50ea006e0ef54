using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The loaded maps of one family as memory, and who may use which entry of them.</summary>
internal sealed class FamilyMaps<TBucket, TAddress> : IDisposable
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly MappedArray<TBucket> _buckets;
    // enum counter.
    private const int SocketUnrecorded = 5;

    private readonly BpfMap _counters;
    private readonly BpfMap[] _countable;
    private readonly ServicePortMemory _perPort;
    private bool _hadUnrecorded;

    /// <param name="areNew">Whether nobody has written them yet.</param>
    internal FamilyMaps(BpfObject loaded, MapCapacities capacities, ulong seed, Reclaimer reclaimer, Action waitForGracePeriod, bool areNew)
    {
        _buckets = new(loaded.Map("frontends"));
        Sets = new(loaded.Map("sets"));
        Slots = new(loaded.Map("slots"));
        Backends = new(loaded.Map("backends"));
        Frontends = new(_buckets, reclaimer, capacities.Frontends, seed);
        ServiceIds = new("service_counters", capacities.Frontends, "--max-frontends");
        BackendIds = new("backends", capacities.SlotEntries, "--max-slots");
        SlotRanges = new(capacities.Slots, capacities.SlotReserve);
        Settings = new(loaded.Map("settings"), waitForGracePeriod);
        NodeAddresses = new(loaded.Map("node_addresses"));
        SourceRanges = new(loaded.Map("source_ranges"));
        Sockets = new(loaded.Map("sockets"));
        _counters = loaded.Map("counters");
        _countable = [loaded.Map("source_ranges"), loaded.Map("affinities")];
        _perPort = new(loaded, capacities.Frontends, areNew);
    }

    internal FrontendTable<TBucket, TAddress> Frontends { get; }

    internal MappedArray<ulong> Sets { get; }

    internal MappedArray<SlotValue<TAddress>> Slots { get; }

    internal MappedArray<BackendValue> Backends { get; }

    internal IdPool ServiceIds { get; }

    internal IdPool BackendIds { get; }

    internal SlotAllocator SlotRanges { get; }

    internal NodeSettings<TAddress> Settings { get; }

    internal NodeAddresses<TAddress> NodeAddresses { get; }

    internal SourceRanges<TAddress> SourceRanges { get; }

    internal SocketTable<TAddress> Sockets { get; }

    /// <summary>A backend id that no entry of <c>sockets</c> names any more: else its live count would not be its own.</summary>
    internal uint TakeBackendId()
    {
        var id = BackendIds.Take(id => !HasLiveSockets(id));
        ref var backend = ref Backends[(int)id];
        (backend.Sets, backend.Flags, backend.Flows) = (0, 0, 0);
        return id;
    }

    /// <summary>Has the next sweep destroy the sockets that are connected to the backend.</summary>
    internal void Destroy(uint backendId) => Volatile.Write(ref Backends[(int)backendId].Flags, BackendValue.Destroy);

    /// <summary>How many sockets are at a backend by maps that these take the place of; null where nothing is there any more.</summary>
    internal Func<uint, uint>? FormerLive { get; set; }

    /// <summary>Whether an entry of <c>sockets</c> names the backend.</summary>
    internal bool HasLiveSockets(uint backendId) => Volatile.Read(ref Backends[(int)backendId].Live) + (FormerLive?.Invoke(backendId) ?? 0) > 0;

    /// <summary>Whether the newest sweep, or a packet since, found a connection of the backend in <c>flows</c>.</summary>
    internal bool HasFlows(uint backendId) => Volatile.Read(ref Backends[(int)backendId].Flows) > 0;

    /// <summary>Whether there ever were connected sockets that <c>sockets</c> had no room for.</summary>
    internal bool HasUnrecordedSockets() => _hadUnrecorded |= _counters.ReadPerCpu(SocketUnrecorded).Any(count => count > 0);

    /// <summary>Sockets that remember this backend choose anew, each at its next datagram.</summary>
    internal void EndGeneration(uint backendId)
    {
        ref var generation = ref Backends[(int)backendId].Generation;
        Volatile.Write(ref generation, generation + 1);
    }

    /// <summary>
    /// What ended with a process that was killed between a flip and the end of the generation: sockets that remember a backend in no
    /// set choose anew.
    /// </summary>
    /// <param name="formerLive">Those that sockets are connected to by maps that these take the place of.</param>
    /// <returns>Those of them that sockets are connected to.</returns>
    internal HashSet<uint> EndGenerationsExcept(IReadOnlySet<uint> inUse, IReadOnlySet<uint> formerLive)
    {
        var connected = new HashSet<uint>();
        for (uint id = 0; id < Backends.Count; id++)
        {
            if (!inUse.Contains(id))
            {
                EndGeneration(id);
                if (Volatile.Read(ref Backends[(int)id].Live) > 0 || formerLive.Contains(id))
                {
                    connected.Add(id);
                }
            }
        }

        return connected;
    }

    /// <summary>The id of a service port whose sets are empty: whatever its id led to, and counted, before is forgotten.</summary>
    /// <exception cref="MapFullException">None is free.</exception>
    internal uint TakeServiceId()
    {
        var id = ServiceIds.Take();
        _perPort.Clear(id);
        WriteSet(SetId.Of(id, TrafficPolicy.Cluster), default, NoBackendVerdict.Reject);
        WriteSet(SetId.Of(id, TrafficPolicy.Local), default, NoBackendVerdict.Reject);
        return id;
    }

    /// <summary>Notes that a policy's set is about to have the backend.</summary>
    internal void JoinSet(uint backendId, TrafficPolicy policy, ushort weight)
    {
        ref var backend = ref Backends[(int)backendId];
        backend.Weight = weight;
        backend.Sets |= (byte)(1 << (int)policy);
    }

    /// <summary>Notes that a policy's set has the backend no more.</summary>
    internal void LeaveSet(uint backendId, TrafficPolicy policy) => Backends[(int)backendId].Sets &= (byte)~(1 << (int)policy);

    /// <summary>Fills a slot that no set leads to yet.</summary>
    internal void WriteSlot(int index, Backend backend, uint set, uint backendId) =>
        Slots[index] = new(backend, set, backendId, Backends[(int)backendId].Generation);

    /// <summary>The flip: from here on clients get the slots of this range.</summary>
    internal void WriteSet(uint id, SlotRange range, NoBackendVerdict ifEmpty) =>
        Volatile.Write(ref Sets[(int)id], new SetValue(range, ifEmpty).Raw);

    /// <summary>What programs have counted for a service port. Any thread may call.</summary>
    internal (ulong Connections, ulong Refused) ReadCounters(uint id) => _perPort.Read(id);

    /// <summary>What flows have carried for a service port. Any thread may call.</summary>
    internal ServiceTrafficValue ReadTraffic(uint id) => _perPort.ReadTraffic(id);

    /// <summary>Has flows count for the service port that were made in this generation of its id: for maps that nobody works on yet.</summary>
    internal void BeginTraffic(uint id, uint generation) => _perPort.BeginTraffic(id, generation);

    /// <summary>What is still counted for the service port is nobody's: for when it goes.</summary>
    internal void EndTraffic(uint id) => _perPort.EndTraffic(id);

    /// <summary>How full the maps are, as of about now. Any thread may call.</summary>
    internal IEnumerable<(string Map, int Entries, int Capacity)> ReadUse() =>
    [
        ("frontends", Frontends.Count, Frontends.Room),
        ("service_counters", ServiceIds.Used, ServiceIds.Capacity),
        ("backends", BackendIds.Used, BackendIds.Capacity),
        ("slots", SlotRanges.Used, SlotRanges.Capacity),
        ("node_addresses", NodeAddresses.Count, NodeAddresses<TAddress>.Capacity),
    ];

    /// <summary>The same of maps that have to be gone through for that. Any thread may call.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many entries at once.</exception>
    internal IEnumerable<(string Map, int Entries, int Capacity)> CountUse() =>
    [
        ("sockets", Sockets.Count(), Sockets.Capacity),
        .. _countable.Select(map => (map.Name, BatchReader.CountEntries(map), map.MaxEntries)),
    ];

    /// <summary>Gives mapped memory back until it is touched again: for after reading all of it.</summary>
    internal void Unmap()
    {
        _buckets.Unmap();
        Sets.Unmap();
        Slots.Unmap();
        Backends.Unmap();
        _perPort.Unmap();
    }

    public void Dispose()
    {
        Unmap();
        Settings.Dispose();
        _perPort.Dispose();
    }
}
