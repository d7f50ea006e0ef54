using System.Numerics;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using Node = KubeProxyNext.Laboratory.Node;

namespace KubeProxyNext.Soak;

/// <summary>The IPv4 maps that are pinned on a node, read as the programs read them.</summary>
internal sealed class LiveMaps : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly MappedArray<FrontendBucket4> _buckets;
    private readonly MappedArray<ulong> _sets;
    private readonly MappedArray<SlotValue<Address4>> _slots;
    private readonly MappedArray<BackendValue> _backends;
    private readonly FrontendTable<FrontendBucket4, Address4> _frontends;

    private LiveMaps(string folder)
    {
        _buckets = Open<FrontendBucket4>($"{folder}/frontends");
        _sets = Open<ulong>($"{folder}/sets");
        _slots = Open<SlotValue<Address4>>($"{folder}/slots");
        _backends = Open<BackendValue>($"{folder}/backends");

        // Of the buckets, two thirds are hashed, and that is a power of two.
        var hashed = 1 << BitOperations.Log2((uint)_buckets.Count);
        _frontends = new(_buckets, new(() => { }), hashed, FrontendSeed.OfThisBoot());
    }

    /// <summary>All frontends that there are, with the backends of clients on the node: <c>10.96.0.1:80/TCP -> 10.0.0.1:8080</c>.</summary>
    public IEnumerable<string> Lines => _frontends.Entries()
        .Select(entry => (Address: entry.Key.ToAddress(), entry.Target))
        .Where(entry => entry.Target.Kind != FrontendKind.ClusterIPRest)
        .Select(entry => $"{entry.Address} -> {string.Join(' ', BackendsOf(entry.Target).Order(StringComparer.Ordinal))}");

    /// <summary>How many connections and flows backends are said to have.</summary>
    public long Live => Enumerable.Range(0, _backends.Count).Sum(id => (long)_backends[id].Live + _backends[id].Flows);

    /// <summary>Opens them; null where there are none, or where a process is about to replace them by others.</summary>
    public static LiveMaps? TryOpen(Node node)
    {
        try
        {
            return Directory.GetDirectories(node.BpfFolder, "ipv4-*") is [var folder] ? new(folder) : null;
        }
        catch (Exception e) when (e is BpfException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What a client on the node could get; null where the maps do not know the frontend.</summary>
    public IReadOnlyList<string>? BackendsOf(FrontendAddress address) => _frontends.Find(new(address)) is { } target ? [.. BackendsOf(target)] : null;

    public void Dispose() => _open.ForEach(map => map.Dispose());

    private IEnumerable<string> BackendsOf(FrontendTarget target)
    {
        var set = SetId.Of(target.Service, target.Internal);
        var range = new SetValue(Volatile.Read(ref _sets[(int)set])).Range;
        return Enumerable.Range(range.First, range.Count).Select(slot => _slots[slot])
            .Select(slot => slot.Set == set ? slot.ToBackend().ToString() : "a slot of another set");
    }

    private MappedArray<T> Open<T>(string path)
        where T : unmanaged
    {
        try
        {
            var pinned = PinnedMap.Open(path);
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
