using System.Numerics;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Pins;

/// <summary>
/// The IPv4 maps of a dataplane that runs, read as its programs read them. They are of the dataplane's own types, which are for its friends alone:
/// this is a part of each of them, and of no project of its own.
/// </summary>
internal class PinnedMaps : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly string _folder;
    private readonly MappedArray<ulong> _sets;
    private readonly MappedArray<SlotValue<Address4>> _slots;

    protected PinnedMaps(string folder)
    {
        _folder = folder;
        var buckets = Open<FrontendBucket4>("frontends");
        _sets = Open<ulong>("sets");
        _slots = Open<SlotValue<Address4>>("slots");

        // Of the buckets, two thirds are hashed, and that is a power of two.
        var hashed = 1 << BitOperations.Log2((uint)buckets.Count);
        Frontends = new(buckets, new(() => { }), hashed, FrontendSeed.OfThisBoot());
    }

    protected FrontendTable<FrontendBucket4, Address4> Frontends { get; }

    public SetValue ReadSet(uint set) => new(Volatile.Read(ref _sets[(int)set]));

    public void Dispose() => _open.ForEach(map => map.Dispose());

    protected static string FolderIn(string bpffs) => Directory.GetDirectories(bpffs, "ipv4-*").Single();

    protected IEnumerable<SlotValue<Address4>> SlotsOf(SetValue set) => Enumerable.Range(set.Range.First, set.Range.Count).Select(slot => _slots[slot]);

    protected MappedArray<T> Open<T>(string map)
        where T : unmanaged
    {
        try
        {
            var pinned = PinnedMap.Open($"{_folder}/{map}");
            _open.Add(pinned);
            var mapped = new MappedArray<T>(pinned);
            _open.Insert(0, mapped);
            return mapped;
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
