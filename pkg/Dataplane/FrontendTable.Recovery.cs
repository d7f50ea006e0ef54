using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>What the map holds, whoever wrote it.</summary>
internal sealed partial class FrontendTable<TBucket, TAddress>
{
    /// <summary>
    /// Takes the map as an earlier process, or somebody else, left it: what it holds is in use, chains that lead nowhere end, and what no
    /// look-up comes to is gone. Returns all frontends.
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
        ClearUnchained(chained);
        foreach (var (head, index, way) in Ways().Where(IsMisplaced).ToList())
        {
            Retire(head, index, way);
        }

        var entries = Entries();
        Count = entries.Count;
        return entries;
    }

    /// <summary>All frontends that the map holds.</summary>
    internal List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Entries() =>
    [
        .. Ways().Select(place => (
            TBucket.KeyOf(ref _buckets[(int)place.Bucket], place.Way), FrontendTarget.From(TBucket.TargetOf(ref _buckets[(int)place.Bucket], place.Way)))),
    ];

    /// <summary>Whether each chain leads from bucket to bucket that are no other's, and ends, and a look-up comes to each frontend.</summary>
    internal bool IsSound() => AreChainsSound() && !Ways().Any(IsMisplaced);

    private bool AreChainsSound()
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

    private IEnumerable<(uint Head, uint Bucket, int Way)> Ways()
    {
        for (uint head = 0; head <= _mask; head++)
        {
            for (uint? at = head; at is { } index; at = Next(index))
            {
                for (var way = 0; way < TBucket.Ways; way++)
                {
                    if (TBucket.TagOf(ref _buckets[(int)index], way) != 0)
                    {
                        yield return (head, index, way);
                    }
                }
            }
        }
    }

    // In a bucket that its hash does not lead to, under a tag that is not its own, or behind another of the same key.
    private bool IsMisplaced((uint Head, uint Bucket, int Way) place)
    {
        var key = TBucket.KeyOf(ref _buckets[(int)place.Bucket], place.Way);
        return PlaceOf(key, FrontendHash.Of(key, _seed)) != (place.Bucket, place.Way);
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

    // They are taken for empty when a chain gets them.
    private void ClearUnchained(HashSet<uint> chained)
    {
        for (var index = _mask + 1; index < _buckets.Count; index++)
        {
            if (!chained.Contains(index - _mask - 1) && !(Next(index) is null && IsEmpty(index)))
            {
                _buckets[(int)index] = default;
            }
        }
    }

    private bool IsOverflow(uint index) => index > _mask && index < _buckets.Count;
}
