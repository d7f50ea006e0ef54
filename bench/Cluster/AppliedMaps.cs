using System.Diagnostics;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>The IPv4 maps of a running daemon, read as its programs read them.</summary>
internal sealed class AppliedMaps : IDisposable
{
    private readonly PinnedMap[] _pinned;
    private readonly MappedArray<FrontendBucket4> _buckets;
    private readonly MappedArray<ulong> _sets;
    private readonly MappedArray<SlotValue<Address4>> _slots;
    private readonly FrontendTable<FrontendBucket4, Address4> _frontends;

    public AppliedMaps(string bpffs, MapCapacities capacities)
    {
        var folder = Directory.GetDirectories(bpffs, "ipv4-*").Single();
        _pinned = [PinnedMap.Open($"{folder}/frontends"), PinnedMap.Open($"{folder}/sets"), PinnedMap.Open($"{folder}/slots")];
        _buckets = new(_pinned[0]);
        _sets = new(_pinned[1]);
        _slots = new(_pinned[2]);
        _frontends = new(_buckets, new(() => { }), capacities.Frontends, FrontendSeed.OfThisBoot());
    }

    /// <summary>The set behind a frontend; null where the maps do not know it.</summary>
    public int? FindSet(FrontendAddress address) => _frontends.Find(new(address)) is { } target ? (int)SetId.Of(target.Service, target.Internal) : null;

    public ulong ReadSet(int set) => Volatile.Read(ref _sets[set]);

    /// <summary>What a client of the frontend could get; empty where the maps do not know it.</summary>
    public IReadOnlyList<Backend> BackendsOf(FrontendAddress address)
    {
        if (FindSet(address) is not { } set)
        {
            return [];
        }

        var range = new SetValue(ReadSet(set)).Range;
        var slots = Enumerable.Range(range.First, range.Count).Select(slot => _slots[slot]);
        return [.. slots.Where(slot => slot.Set == set).Select(slot => slot.ToBackend())];
    }

    /// <summary>
    /// Watches the memory of a set until it holds another value, and tells when that was seen, in ticks of <see cref="Stopwatch"/>.
    /// </summary>
    /// <exception cref="LabException">It did not change in time.</exception>
    public long WaitForChange(int set, ulong before, TimeSpan within)
    {
        var start = Stopwatch.GetTimestamp();
        while (ReadSet(set) == before)
        {
            if (Stopwatch.GetElapsedTime(start) > within)
            {
                throw new LabException($"set {set} did not change within {within.TotalSeconds} s");
            }

            // The daemon may need this processor.
            Thread.Yield();
        }

        return Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        _buckets.Dispose();
        _sets.Dispose();
        _slots.Dispose();
        Array.ForEach(_pinned, map => map.Dispose());
    }
}
