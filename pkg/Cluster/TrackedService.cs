using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>What is known of one Service.</summary>
internal sealed class TrackedService
{
    // With room for more where there are several: somebody may make a hundred thousand for one Service.
    private EndpointSlice[] _slices = [];
    private int _count;

    public Service? Service { get; set; }

    /// <summary>Sorted by name; made anew each time.</summary>
    public ValueArray<EndpointSlice> Slices => ValueArray.Create(new ReadOnlySpan<EndpointSlice>(_slices, 0, _count));

    /// <summary>Changed since it was last taken.</summary>
    public bool IsMarked { get; set; }

    /// <summary>What changed slices said of when, since they were last taken; null for nothing.</summary>
    public List<(IpFamily Family, DateTimeOffset Time)>? TriggerTimes { get; set; }

    public bool IsEmpty => Service is null && _count == 0;

    public void Add(EndpointSlice slice)
    {
        var at = PlaceOf(slice.Name);
        if (at == _count || _slices[at].Name != slice.Name)
        {
            Insert(at);
        }

        _slices[at] = slice;
        if (slice.TriggerTime is { } time)
        {
            (TriggerTimes ??= []).Add((slice.Family, time));
        }
    }

    public void Remove(ObjectName slice)
    {
        TriggerTimes = null;
        var at = PlaceOf(slice);
        Array.Copy(_slices, at + 1, _slices, at, --_count - at);
        _slices[_count] = null!;
    }

    private void Insert(int at)
    {
        if (_count == _slices.Length)
        {
            Array.Resize(ref _slices, _count + 1 + (_count / 2));
        }

        Array.Copy(_slices, at, _slices, at + 1, _count++ - at);
    }

    // Where a slice of this name is, or belongs.
    private int PlaceOf(ObjectName name)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _slices[middle].Name < name ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
