namespace KubeProxyNext.Netlink;

/// <summary>The hardware addresses of neighbours as last told, so that another one can be told from the same.</summary>
/// <param name="capacity">
/// Of neighbours. The kernel's own table has room for 1024 of each family unless told otherwise (<c>gc_thresh3</c>). What does not fit is taken
/// for a change whatever is said of it: too often, never too seldom.
/// </param>
internal sealed class NeighbourTable(int capacity = 65536)
{
    private readonly Dictionary<NeighbourKey, HardwareAddress> _known = [];

    // Whether a neighbour that is not there has no hardware address.
    private bool _isComplete;

    /// <summary>Forgets everything, until it has learned again.</summary>
    internal void Forget()
    {
        _known.Clear();
        _isComplete = false;
    }

    /// <summary>Takes all neighbours that there are.</summary>
    internal void Learn(IEnumerable<Neighbour> all)
    {
        _known.Clear();
        _isComplete = true;
        foreach (var neighbour in all)
        {
            Set(neighbour);
        }
    }

    /// <summary>Takes what is told of a neighbour; whether it was reached elsewhere before, as far as is known. Null is of no interest.</summary>
    internal bool Take(Neighbour? told)
    {
        if (told is not { } neighbour)
        {
            return false;
        }

        if (neighbour.HardwareAddress.Length == 0)
        {
            return Remove(neighbour);
        }

        var isKnown = _known.TryGetValue(neighbour.Key, out var before);
        if (isKnown && before == neighbour.HardwareAddress)
        {
            return false;
        }

        // Of one that was not reached at all, nobody remembers anything.
        var isChange = isKnown || !_isComplete;
        Set(neighbour);
        return isChange;
    }

    /// <summary>Takes that a neighbour is not reached any more; whether it was before, as far as is known.</summary>
    internal bool Remove(Neighbour? told) => told is { } neighbour && (_known.Remove(neighbour.Key) || !_isComplete);

    private void Set(Neighbour neighbour)
    {
        if (neighbour.HardwareAddress.Length == 0)
        {
            return;
        }

        if (_known.Count < capacity || _known.ContainsKey(neighbour.Key))
        {
            _known[neighbour.Key] = neighbour.HardwareAddress;
        }
        else
        {
            _isComplete = false;
        }
    }
}
