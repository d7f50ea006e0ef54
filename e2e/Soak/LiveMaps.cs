using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Pins;
using Node = KubeProxyNext.Laboratory.Node;

namespace KubeProxyNext.Soak;

/// <summary>The IPv4 maps that are pinned on a node: what clients get, and what backends are said to have.</summary>
internal sealed class LiveMaps : PinnedMaps
{
    private readonly MappedArray<BackendValue> _backends;

    private LiveMaps(string folder)
        : base(folder) => _backends = Open<BackendValue>("backends");

    /// <summary>All frontends that there are, with the backends of clients on the node: <c>10.96.0.1:80/TCP -> 10.0.0.1:8080</c>.</summary>
    public IEnumerable<string> Lines => Frontends.Entries()
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
    public IReadOnlyList<string>? BackendsOf(FrontendAddress address) => Frontends.Find(new(address)) is { } target ? [.. BackendsOf(target)] : null;

    private IEnumerable<string> BackendsOf(FrontendTarget target)
    {
        var set = SetId.Of(target.Service, target.Internal);
        return SlotsOf(ReadSet(set)).Select(slot => slot.Set == set ? slot.ToBackend().ToString() : "a slot of another set");
    }
}
