using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>What is known of one Service.</summary>
internal sealed class TrackedService
{
    public Service? Service { get; set; }

    /// <summary>Sorted by name.</summary>
    public ValueArray<EndpointSlice> Slices { get; private set; }

    /// <summary>Changed since it was last taken.</summary>
    public bool IsMarked { get; set; }

    /// <summary>What changed slices said of when, since they were last taken; null for nothing.</summary>
    public List<(IpFamily Family, DateTimeOffset Time)>? TriggerTimes { get; set; }

    public bool IsEmpty => Service is null && Slices.IsEmpty;

    public void Add(EndpointSlice slice)
    {
        var slices = Slices.AsSpan();
        var at = PlaceOf(slice.Name);
        var skip = at < slices.Length && slices[at].Name == slice.Name ? 1 : 0;
        Slices = [.. slices[..at], slice, .. slices[(at + skip)..]];
        if (slice.TriggerTime is { } time)
        {
            (TriggerTimes ??= []).Add((slice.Family, time));
        }
    }

    public void Remove(ObjectName slice)
    {
        TriggerTimes = null;
        var slices = Slices.AsSpan();
        var at = PlaceOf(slice);
        Slices = [.. slices[..at], .. slices[(at + 1)..]];
    }

    // Where a slice of this name is, or belongs.
    private int PlaceOf(ObjectName name)
    {
        var slices = Slices.AsSpan();
        var (low, high) = (0, slices.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = slices[middle].Name < name ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
