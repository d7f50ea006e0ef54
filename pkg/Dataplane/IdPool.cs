namespace KubeProxyNext.Dataplane;

/// <summary>Hands out the entries of an array map, the lowest first, and takes them back.</summary>
internal sealed class IdPool(string map, int capacity, string option)
{
    private readonly Queue<uint> _free = new();
    private uint _next;

    /// <summary>How many there are.</summary>
    internal int Capacity => capacity;

    /// <summary>How many are handed out, as of about now where another thread asks.</summary>
    internal int Used => (int)_next - _free.Count;

    /// <summary>Marks what is in use already; before the first is taken.</summary>
    internal void Reserve(IReadOnlySet<uint> used)
    {
        _next = used.Count == 0 ? 0 : used.Max() + 1;
        for (uint id = 0; id < _next; id++)
        {
            if (!used.Contains(id))
            {
                _free.Enqueue(id);
            }
        }
    }

    /// <exception cref="MapFullException">None is free.</exception>
    internal uint Take() => Take(static _ => true);

    /// <summary>Takes one that is fit for use; those that are not yet stay free and are asked about again later.</summary>
    /// <exception cref="MapFullException">None is free and fit.</exception>
    internal uint Take(Func<uint, bool> isFit)
    {
        for (var tries = _free.Count; tries > 0; tries--)
        {
            var id = _free.Dequeue();
            if (isFit(id))
            {
                return id;
            }

            _free.Enqueue(id);
        }

        while (_next < capacity)
        {
            var id = _next++;
            if (isFit(id))
            {
                return id;
            }

            _free.Enqueue(id);
        }

        throw new MapFullException(map, capacity, option);
    }

    internal void Return(uint id) => _free.Enqueue(id);
}
