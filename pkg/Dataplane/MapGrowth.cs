using System.Numerics;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// How large maps are to be: as large as is usual to begin with, twice as large or more when they are four fifths full, or when a change
/// does not fit.
/// </summary>
/// <param name="most">What none is to exceed.</param>
public sealed class MapGrowth(MapCapacities most)
{
    private const double Full = 0.8;

    /// <summary>What none is to exceed; less where the kernel has no room for more.</summary>
    public MapCapacities Most { get; private set; } = most;

    /// <summary>What to begin with.</summary>
    /// <param name="usual">Of this machine, where nothing is known of what is needed.</param>
    /// <param name="inForce">What an earlier process ended with; null where there was none.</param>
    public MapCapacities First(MapCapacities usual, MapCapacities? inForce) => AtMost(inForce is { } former ? usual.AtLeast(former) : usual);

    /// <summary>What is to take the place of these; null where they are large enough, or may not be larger.</summary>
    /// <param name="now">What they are.</param>
    /// <param name="use">How full they are; those that a change does not fit into are more than full.</param>
    public MapCapacities? Next(MapCapacities now, IEnumerable<MapUse> use)
    {
        var next = now;
        foreach (var map in use.Where(map => map.Entries > map.Capacity * Full))
        {
            // In powers of two: a table that is nearly of the size that it will have is not made once more.
            int Grown(int capacity) => Larger(Math.Max(2L * capacity, (long)Math.Ceiling(map.Entries / Full / map.Capacity * capacity)));
            next = map.Map switch
            {
                "frontends" or "service_counters" => next with { Frontends = Math.Max(next.Frontends, Grown(now.Frontends)) },
                "slots" or "backends" => next with { Slots = Math.Max(next.Slots, Grown(now.Slots)) },
                "sockets" => next with { Sockets = Math.Max(next.Sockets, Grown(now.Sockets)) },
                "source_ranges" => next with { SourceRanges = Math.Max(next.SourceRanges, Grown(now.SourceRanges)) },
                "affinities" => next with { Affinities = Math.Max(next.Affinities, Grown(now.Affinities)) },
                "flows" => next with { Flows = Math.Max(next.Flows, Grown(now.Flows)) },
                _ => next,
            };
        }

        return AtMost(next).AtLeast(now) is var wanted && wanted != now ? wanted : null;
    }

    /// <summary>The kernel has no room for more than these.</summary>
    public void Stop(MapCapacities now) => Most = now;

    private static int Larger(long capacity) => (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)capacity), int.MaxValue / 2);

    private MapCapacities AtMost(MapCapacities wanted) => new(
        Math.Min(wanted.Frontends, Most.Frontends), Math.Min(wanted.Slots, Most.Slots), Math.Min(wanted.Sockets, Most.Sockets),
        Math.Min(wanted.SourceRanges, Most.SourceRanges), Math.Min(wanted.Affinities, Most.Affinities), Math.Min(wanted.Flows, Most.Flows));
}
