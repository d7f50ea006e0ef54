using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>What the map holds, whoever wrote it.</summary>
internal sealed partial class FrontendTable<TBucket, TAddress>
{
    /// <summary>
    /// Takes the map as an earlier process, or somebody else, left it: what it holds is in use, and chains that lead nowhere end. Returns all
    /// frontends.
    /// </summary>
    internal List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Recover()
    {
        var chained = new HashSet<uint>();
        for (uint head = 0; head <= _mask; head++)
        {
            CutChain(head, chained);
        }

        _overflow = NewOverflow();
        _overflow.Reserve(chained);
        var entries = Entries();
        Count = entries.Count;
        return entries;
    }

    /// <summary>All frontends that the map holds.</summary>
    internal List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Entries()
    {
        var entries = new List<(FrontendKey<TAddress> Key, FrontendTarget Target)>();
        for (uint head = 0; head <= _mask; head++)
        {
            for (uint? at = head; at is { } index; at = Next(index))
            {
                AddEntries(index, entries);
            }
        }

        return entries;
    }

    /// <summary>Whether each chain leads from bucket to bucket that are no other's, and ends.</summary>
    internal bool IsSound()
    {
        var chained = new HashSet<uint>();
        for (uint head = 0; head <= _mask; head++)
        {
            var hops = 1;
            for (var next = Next(head); next is { } index; next = Next(index))
            {
                if (!IsOverflow(index) || ++hops > Hops || !chained.Add(index))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void CutChain(uint head, HashSet<uint> chained)
    {
        var (last, hops) = (head, 1);
        while (Next(last) is { } next)
        {
            if (!IsOverflow(next) || ++hops > Hops || !chained.Add(next - _mask - 1))
            {
                Volatile.Write(ref TBucket.NextOf(ref _buckets[(int)last]), 0);
                return;
            }

            last = next;
        }
    }

    private bool IsOverflow(uint index) => index > _mask && index < _buckets.Count;

    private void AddEntries(uint index, List<(FrontendKey<TAddress> Key, FrontendTarget Target)> entries)
    {
        ref var bucket = ref _buckets[(int)index];
        for (var way = 0; way < TBucket.Ways; way++)
        {
            if (TBucket.TagOf(ref bucket, way) != 0)
            {
                entries.Add((
                    TBucket.KeyOf(ref bucket, way),
                    FrontendTarget.From(TBucket.TargetOf(ref bucket, way))));
            }
        }
    }
}
