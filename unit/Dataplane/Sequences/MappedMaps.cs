using System.Globalization;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>The pinned maps read as memory while another thread writes them: what clients from outside get at an address, slot by slot.</summary>
internal sealed class MappedMaps : IDisposable
{
    // One that is not in a program may be held up for longer than a grace period: it looks whether all is as it was, and begins again.
    private const int Tries = 100;

    private readonly PinnedMap[] _pinned;
    private readonly MappedArray<FrontendBucket4> _buckets;
    private readonly MappedArray<ulong> _sets;
    private readonly MappedArray<SlotValue<Address4>> _slots;
    private readonly FrontendTable<FrontendBucket4, Address4> _frontends;

    internal MappedMaps(string bpffs, MapCapacities capacities)
    {
        var folder = Directory.GetDirectories(bpffs, "ipv4-*").Single();
        _pinned = [PinnedMap.Open($"{folder}/frontends"), PinnedMap.Open($"{folder}/sets"), PinnedMap.Open($"{folder}/slots")];
        (_buckets, _sets, _slots) = (new(_pinned[0]), new(_pinned[1]), new(_pinned[2]));
        _frontends = new(_buckets, new(() => { }), capacities.Frontends, FrontendSeed.OfThisBoot());
    }

    /// <summary>The backends, or the verdict where there are none; null where nobody serves the address.</summary>
    internal string? Outside(FrontendAddress address)
    {
        var key = new FrontendKey<Address4>(address);
        for (var tries = 0; tries < Tries; tries++)
        {
            if (TryRead(key, out var found))
            {
                return found;
            }
        }

        return "what changes whenever one looks";
    }

    public void Dispose()
    {
        _buckets.Dispose();
        _sets.Dispose();
        _slots.Dispose();
        Array.ForEach(_pinned, map => map.Dispose());
    }

    private bool TryRead(in FrontendKey<Address4> key, out string? found)
    {
        found = null;
        if (_frontends.Find(key) is not { } target)
        {
            return true;
        }

        var id = SetId.Of(target.Service, target.External);
        var value = Volatile.Read(ref _sets[(int)id]);
        var range = new SetValue(value).Range;
        var slots = Enumerable.Range(range.First, range.Count).Select(slot => _slots[slot]).ToArray();
        if (_frontends.Find(key) != target || Volatile.Read(ref _sets[(int)id]) != value)
        {
            return false;
        }

        found = slots.Any(slot => slot.Set != id) ? $"slots of sets {string.Join(' ', slots.Select(slot => slot.Set))} in set {id}"
            : slots.Length > 0 ? string.Join(' ', slots.Select(slot => slot.ToBackend()))
            : new SetValue(value).IfEmpty.ToString().ToLower(CultureInfo.InvariantCulture);
        return true;
    }
}
