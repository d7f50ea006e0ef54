using System.Numerics;
using System.Runtime.CompilerServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Dataplane.Succession;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>How many entries the maps of each family have.</summary>
/// <param name="Frontends">Service ports with their sets, and half of the frontends that there is room for (<c>--max-frontends</c>).</param>
/// <param name="Slots">Slots, and with them backends (<c>--max-slots</c>).</param>
/// <param name="Sockets">Sockets whose Service is remembered (<c>--max-sockets</c>), rounded up to a power of two.</param>
/// <param name="SourceRanges">Networks that restricted Services let in, for each of their ports (<c>--max-source-ranges</c>).</param>
/// <param name="Affinities">Clients whose backend is remembered (<c>--max-affinities</c>).</param>
/// <param name="Flows">Entries for packets: each direction of a connection has its own (<c>--max-flows</c>).</param>
public sealed record MapCapacities(
    int Frontends = 1 << 16, int Slots = 1 << 18, int Sockets = 1 << 16, int SourceRanges = 1 << 16, int Affinities = 1 << 16,
    int Flows = 1 << 18)
{
    /// <summary><c>FLOW_WAYS</c> in bpf/lib/packet_types.h.</summary>
    internal const int FlowWays = 15;

    private const int SocketWays = 4;

    // Buckets are not filled evenly.
    private const double MostOfFlows = 0.5;

    // As kube-proxy sizes nf_conntrack: --conntrack-max-per-core and --conntrack-min.
    private const int ConnectionsPerCpu = 32_768;
    private const int LeastConnections = 131_072;
    private const int MostConnections = 1 << 23;
    private const int ShareOfFlows = 16;

    /// <summary>
    /// Two flows for each connection that kube-proxy would let nf_conntrack have on a machine with so many CPUs, as far as the tables of both
    /// families fit into a sixteenth of its memory: nf_conntrack takes memory as connections come, and these tables do at once.
    /// </summary>
    /// <param name="memory">In bytes. A little more or less does not change what fits: another size is another table, without the flows.</param>
    /// <param name="perCpu"><c>--conntrack-max-per-core</c>; 0 for the defaults of both, where kube-proxy would leave nf_conntrack alone.</param>
    /// <param name="least"><c>--conntrack-min</c>.</param>
    public static int FlowsFor(int cpus, long memory, int perCpu = ConnectionsPerCpu, int least = LeastConnections) => perCpu == 0
        ? FlowsFor(cpus, memory)
        : (int)Math.Min(2 * Math.Min(Math.Max((long)perCpu * cpus, least), MostConnections), FlowsIn(memory / ShareOfFlows));

    /// <summary>What maps have that an earlier process left, of whichever family has more; null where there are none.</summary>
    /// <exception cref="Bpf.BpfException">A map may not be opened.</exception>
    public static MapCapacities? InForce(string bpffs)
    {
        var folders = Enum.GetValues<IpFamily>().SelectMany(family => PinFolder.MapFoldersOf(bpffs, family)).ToList();
        return folders.Count == 0 ? null : folders.Select(Of).Aggregate((one, other) => one.AtLeast(other));
    }

    /// <summary>
    /// The same with a table of flows that those of an earlier process fit into: with fewer, connections would lose one of their directions.
    /// </summary>
    /// <exception cref="Bpf.BpfException">A map may not be opened.</exception>
    internal MapCapacities WithRoomForFlowsOf(string bpffs)
    {
        var flows = Flows;
        foreach (var folder in Enum.GetValues<IpFamily>().SelectMany(family => PinFolder.MapFoldersOf(bpffs, family)))
        {
            using var former = new FormerMaps(folder);
            if (former.Find("flow_gauges") is { } gauges && former.Find("flows") is { } table && EntriesOf(gauges) > Flows * MostOfFlows)
            {
                flows = Math.Max(flows, table.MaxEntries * FlowWays);
            }
        }

        return this with { Flows = flows };
    }

    /// <summary>Each at least as large as the other's.</summary>
    public MapCapacities AtLeast(MapCapacities other) => new(
        Math.Max(Frontends, other.Frontends), Math.Max(Slots, other.Slots), Math.Max(Sockets, other.Sockets),
        Math.Max(SourceRanges, other.SourceRanges), Math.Max(Affinities, other.Affinities), Math.Max(Flows, other.Flows));

    /// <summary>Slots, and those held ready for sets that are just replaced.</summary>
    internal int SlotEntries => Slots + SlotReserve;

    internal int SlotReserve => Math.Max(16, Slots / 16);

    /// <summary>Buckets of the table of flows.</summary>
    internal int FlowBuckets => (Flows + FlowWays - 1) / FlowWays;

    /// <summary>Entries of <c>service_counters</c>.</summary>
    /// <exception cref="InvalidOperationException">They are more than a map can have.</exception>
    internal int ServiceCountersFor(int cpus) => (long)Frontends * cpus is var entries and <= int.MaxValue
        ? (int)entries
        : throw new InvalidOperationException(
            $"counters of {Frontends} service ports for {cpus} CPUs are more than a map can hold; lower --max-frontends to {int.MaxValue / cpus} or less");

    private static long FlowsIn(long memory)
    {
        var perBucket = Unsafe.SizeOf<FlowBucket<FlowEntry4>>() + Unsafe.SizeOf<FlowBucket<FlowEntry6>>();
        return 1L << BitOperations.Log2((ulong)(memory / perBucket * FlowWays));
    }

    /// <summary>Buckets of the socket table: a power of two.</summary>
    internal int SocketBuckets => (int)BitOperations.RoundUpToPowerOf2((uint)(Sockets + SocketWays - 1) / SocketWays);

    // The first field of struct flow_gauges.
    private static ulong EntriesOf(PinnedMap gauges)
    {
        var value = new byte[gauges.ValueSize];
        gauges.Read(0, value);
        return BitConverter.ToUInt64(value);
    }

    private static MapCapacities Of(string folder)
    {
        using var former = new FormerMaps(folder);
        int EntriesOf(string map) => former.Find(map)?.MaxEntries ?? 0;
        return new(
            EntriesOf("service_traffic"), SlotsOf(EntriesOf("slots")), EntriesOf("sockets") * SocketWays, EntriesOf("source_ranges"),
            EntriesOf("affinities"), EntriesOf("flows") * FlowWays);
    }

    // Without the reserve.
    private static int SlotsOf(int entries) => entries - Math.Max(16, entries / 17);
}
