using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// The writer's half of the hash table in bpf/lib/frontends.h: buckets of a few ways, which go on in overflow buckets behind the
/// hashed ones. A way is filled before its tag is written; a freed way or bucket is used again after a grace period.
/// </summary>
internal sealed partial class FrontendTable<TBucket, TAddress>
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    /// <summary><c>FRONTEND_HOPS</c>: the longest chain that programs follow.</summary>
    internal const int Hops = 6;

    private const string Option = "--max-frontends";

    private readonly MappedArray<TBucket> _buckets;
    private readonly Reclaimer _reclaimer;
    private readonly ulong _seed;
    private readonly int _capacity;
    private readonly uint _mask;
    private IdPool _overflow;
    private readonly HashSet<(uint Bucket, int Way)> _retired = [];

    internal FrontendTable(MappedArray<TBucket> buckets, Reclaimer reclaimer, int capacity, ulong seed)
    {
        (_buckets, _reclaimer, _capacity, _seed) = (buckets, reclaimer, capacity, seed);
        _mask = (uint)HashedBuckets(capacity) - 1;
        _overflow = NewOverflow();
    }

    /// <summary>How many frontends there are.</summary>
    internal int Count { get; private set; }

    /// <summary>How many there is room for.</summary>
    internal int Room => RoomFor(_capacity);

    /// <summary>How many frontends there is room for: a Service has more than one address, and maybe one that refuses the rest.</summary>
    internal static int RoomFor(int capacity) => 2 * capacity;

    /// <summary>How many buckets keys hash to: the next power of two.</summary>
    internal static int HashedBuckets(int capacity) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);

    /// <summary>How many entries the map needs. Half as many again for overflow: a full table that keeps changing needs less.</summary>
    internal static int MapEntries(int capacity) => HashedBuckets(capacity) + Math.Max(16, HashedBuckets(capacity) / 2);

    internal FrontendTarget? Find(in FrontendKey<TAddress> key) =>
        PlaceOf(key, FrontendHash.Of(key, _seed)) is var (index, way) ? FrontendTarget.From(TBucket.TargetOf(ref _buckets[(int)index], way)) : null;

    /// <summary>Adds the frontend or changes what it leads to; a client meets the old or the new target, nothing between.</summary>
    /// <exception cref="MapFullException">There is no room.</exception>
    internal void Set(in FrontendKey<TAddress> key, FrontendTarget target)
    {
        var hash = FrontendHash.Of(key, _seed);
        if (PlaceOf(key, hash) is var (index, way))
        {
            Volatile.Write(ref TBucket.TargetOf(ref _buckets[(int)index], way), target.Raw);
            return;
        }

        Add(HeadOf(hash), key, FrontendHash.Tag(hash), target);
    }

    /// <summary>Removes the frontend; an unknown key is no error.</summary>
    internal void Remove(in FrontendKey<TAddress> key)
    {
        var hash = FrontendHash.Of(key, _seed);
        if (PlaceOf(key, hash) is var (index, way))
        {
            Retire(HeadOf(hash), index, way);
            Count--;
        }
    }

    // Where a look-up of the key ends, as programs do it.
    private (uint Bucket, int Way)? PlaceOf(in FrontendKey<TAddress> key, ulong hash)
    {
        for (uint? at = HeadOf(hash); at is { } index; at = Next(index))
        {
            if (FindWay(index, key, FrontendHash.Tag(hash)) is { } way)
            {
                return (index, way);
            }
        }

        return null;
    }

    private uint HeadOf(ulong hash) => (uint)hash & _mask;

    private void Retire(uint head, uint index, int way)
    {
        Volatile.Write(ref TBucket.TagOf(ref _buckets[(int)index], way), 0);
        _retired.Add((index, way));
        _reclaimer.Retire(() => Release(head, index, way));
    }

    private IdPool NewOverflow() => new("frontends", _buckets.Count - (int)_mask - 1, Option);

    private void Add(uint head, in FrontendKey<TAddress> key, uint tag, FrontendTarget target)
    {
        if (Count >= RoomFor(_capacity))
        {
            throw new MapFullException("frontends", RoomFor(_capacity), Option);
        }

        var (index, way) = FreeWay(head);
        ref var bucket = ref _buckets[(int)index];
        TBucket.KeyOf(ref bucket, way) = key;
        TBucket.TargetOf(ref bucket, way) = target.Raw;
        Volatile.Write(ref TBucket.TagOf(ref bucket, way), tag);
        Count++;
    }

    private (uint Bucket, int Way) FreeWay(uint head)
    {
        var (last, length) = (head, 0);
        for (uint? at = head; at is { } index; at = Next(index))
        {
            for (var way = 0; way < TBucket.Ways; way++)
            {
                if (TBucket.TagOf(ref _buckets[(int)index], way) == 0 && !_retired.Contains((index, way)))
                {
                    return (index, way);
                }
            }

            (last, length) = (index, length + 1);
        }

        if (length >= Hops)
        {
            throw new MapFullException("frontends", RoomFor(_capacity), Option);
        }

        var added = _overflow.Take() + _mask + 1;
        Volatile.Write(ref TBucket.NextOf(ref _buckets[(int)last]), added);
        return (added, 0);
    }

    // After a grace period: the way is free, and overflow buckets at the end of the chain with nothing left in them go back.
    private void Release(uint head, uint index, int way)
    {
        _retired.Remove((index, way));
        while (LastOf(head) is var (before, last) && last != head && IsEmpty(last))
        {
            Volatile.Write(ref TBucket.NextOf(ref _buckets[(int)before]), 0);
            _reclaimer.Retire(() => _overflow.Return(last - _mask - 1));
        }
    }

    private (uint Before, uint Last) LastOf(uint head)
    {
        var (before, last) = (head, head);
        while (Next(last) is { } next)
        {
            (before, last) = (last, next);
        }

        return (before, last);
    }

    private bool IsEmpty(uint index)
    {
        for (var way = 0; way < TBucket.Ways; way++)
        {
            if (TBucket.TagOf(ref _buckets[(int)index], way) != 0 || _retired.Contains((index, way)))
            {
                return false;
            }
        }

        return true;
    }

    private int? FindWay(uint index, in FrontendKey<TAddress> key, uint tag)
    {
        ref var bucket = ref _buckets[(int)index];
        for (var way = 0; way < TBucket.Ways; way++)
        {
            if (TBucket.TagOf(ref bucket, way) == tag && TBucket.KeyOf(ref bucket, way) == key)
            {
                return way;
            }
        }

        return null;
    }

    private uint? Next(uint index) => TBucket.NextOf(ref _buckets[(int)index]) is var next && next != 0 ? next : null;
}
