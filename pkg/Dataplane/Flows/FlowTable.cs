using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane.Flows;

/// <summary>An entry, and where it was found.</summary>
internal readonly record struct FoundFlow<TAddress>(FlowRecord<TAddress> Flow, int Bucket, int Way)
    where TAddress : unmanaged, IMapAddress<TAddress>;

/// <summary>Looks into <c>flows</c>, which the programs write, and takes entries out of it.</summary>
internal sealed class FlowTable<TEntry, TAddress>(PinnedMap map) : IDisposable
    where TEntry : unmanaged, IFlowEntry<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly MappedArray<FlowBucket<TEntry>> _buckets = new(map);

    /// <summary>All entries. The programs go on meanwhile: what changes may be missing.</summary>
    internal IReadOnlyDictionary<FlowKey<TAddress>, FoundFlow<TAddress>> Read()
    {
        var found = new Dictionary<FlowKey<TAddress>, FoundFlow<TAddress>>();
        for (var bucket = 0; bucket < _buckets.Count; bucket++)
        {
            for (var way = 0; way < MapCapacities.FlowWays; way++)
            {
                if (TryRead(bucket, way) is { } flow)
                {
                    found[flow.Key] = new(flow, bucket, way);
                }
            }
        }

        return found;
    }

    /// <summary>Takes an entry out as sweeps do: without the lock, by its tag.</summary>
    internal void Remove(FoundFlow<TAddress> found) =>
        Interlocked.CompareExchange(ref _buckets[found.Bucket].Tag[found.Way], 0, found.Flow.Check);

    public void Dispose() => _buckets.Dispose();

    // What was read is of one entry if it has its tag afterwards (bpf/lib/flow_table.h).
    private FlowRecord<TAddress>? TryRead(int index, int way)
    {
        ref var bucket = ref _buckets[index];
        var tag = Volatile.Read(ref bucket.Tag[way]);
        if (tag == 0)
        {
            return null;
        }

        var flow = bucket.Entry[way].Read();
        Thread.MemoryBarrier();
        return flow.Check == tag && bucket.Tag[way] == tag ? flow : null;
    }
}
