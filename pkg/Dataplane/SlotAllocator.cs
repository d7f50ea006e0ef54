using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// Hands out ranges of <c>slots</c>: the smallest free one that fits, else the next that was never used. Neighbours that
/// are both free become one again.
/// </summary>
/// <param name="capacity">Slots that may be in use for long.</param>
/// <param name="reserve">
/// Slots beyond: for a range that takes the place of another, which is free only a grace period later. Without it a full map could
/// not even lose a backend.
/// </param>
internal sealed class SlotAllocator(int capacity, int reserve = 0)
{
    private readonly SortedSet<(int Count, int First)> _bySize = [];
    private readonly Dictionary<int, int> _countByFirst = [];
    private readonly Dictionary<int, int> _firstByEnd = [];
    private int _next;
    private int _used;

    /// <summary>How many may be in use for long.</summary>
    internal int Capacity => capacity;

    /// <summary>How many are in use, as of about now where another thread asks.</summary>
    internal int Used => _used;

    /// <summary>Marks what is in use already; before the first is taken.</summary>
    internal void Reserve(IEnumerable<SlotRange> used)
    {
        foreach (var range in used.OrderBy(range => range.First))
        {
            if (range.First > _next)
            {
                Add(new(_next, range.First - _next));
            }

            _next = Math.Max(_next, range.First + range.Count);
            _used += range.Count;
        }
    }

    /// <param name="replaced">How many slots will be returned for these.</param>
    /// <exception cref="MapFullException">No free range is large enough.</exception>
    internal SlotRange Take(int count, int replaced = 0)
    {
        if (count == 0)
        {
            return default;
        }

        // Who takes no more than it returns needs the reserve alone, however much of that others have until they return theirs.
        if (count > replaced && count - replaced > capacity - _used)
        {
            throw new MapFullException("slots", capacity, "--max-slots");
        }

        var range = Find(count);
        _used += count;
        return range;
    }

    internal void Return(SlotRange range)
    {
        if (range.Count == 0)
        {
            return;
        }

        _used -= range.Count;
        var (first, end) = (range.First, range.First + range.Count);
        if (_firstByEnd.TryGetValue(first, out var before))
        {
            Delete(new(before, first - before));
            first = before;
        }

        if (_countByFirst.TryGetValue(end, out var after))
        {
            Delete(new(end, after));
            end += after;
        }

        if (end == _next)
        {
            _next = first;
            return;
        }

        Add(new(first, end - first));
    }

    private SlotRange Find(int count)
    {
        // The least of an empty view is default; to count a view would be to walk it.
        if (_bySize.GetViewBetween((count, 0), (int.MaxValue, 0)).Min is var (size, first) && size > 0)
        {
            Delete(new(first, size));
            if (size > count)
            {
                Add(new(first + count, size - count));
            }

            return new(first, count);
        }

        if (count > capacity + reserve - _next)
        {
            throw new MapFullException("slots", capacity, "--max-slots");
        }

        _next += count;
        return new(_next - count, count);
    }

    private void Add(SlotRange range)
    {
        _bySize.Add((range.Count, range.First));
        _countByFirst.Add(range.First, range.Count);
        _firstByEnd.Add(range.First + range.Count, range.First);
    }

    private void Delete(SlotRange range)
    {
        _bySize.Remove((range.Count, range.First));
        _countByFirst.Remove(range.First);
        _firstByEnd.Remove(range.First + range.Count);
    }
}
