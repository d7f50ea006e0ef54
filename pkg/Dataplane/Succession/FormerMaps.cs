using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// The pinned maps of a family that ours take the place of: those of another build, or of other capacities. Programs work on them until
/// ours are attached.
/// </summary>
internal sealed class FormerMaps(string folder) : IDisposable
{
    private readonly Dictionary<string, PinnedMap> _opened = [];

    internal string Folder => folder;

    /// <summary>The map of this name; null where there is none, or what it held is carried over already.</summary>
    /// <exception cref="BpfException">It may not be opened.</exception>
    internal PinnedMap? Find(string name)
    {
        if (!_opened.TryGetValue(name, out var map))
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                return null;
            }

            _opened[name] = map = PinnedMap.Open(path);
        }

        return map;
    }

    /// <summary>The map of this name if it is not the loaded one by itself, so that what it holds has to be carried over.</summary>
    /// <exception cref="BpfException">It may not be opened.</exception>
    internal PinnedMap? FindOther(BpfMap loaded) => Find(loaded.Name) is { } map && map.Id != loaded.Id ? map : null;

    /// <summary>The types of a map; those of now where it was made without, as it is by a kernel that refuses types.</summary>
    /// <exception cref="BpfException">The kernel does not tell them, or there are none and it has values of another size than now.</exception>
    internal static Btf TypesOf(PinnedMap map, BpfMap loaded, Btf now) => map.Types
        ?? (map.ValueSize == loaded.ValueSize ? now : throw new BpfException("carry over map", map.Path, Errno.Invalid, "it has no types; run: kube-proxy-next cleanup"));

    /// <summary>What it held is carried over: whoever starts next is not to do it once more.</summary>
    internal void Remove(string name)
    {
        if (_opened.Remove(name, out var map))
        {
            map.Dispose();
        }

        File.Delete(Path.Combine(folder, name));
    }

    public void Dispose()
    {
        foreach (var map in _opened.Values)
        {
            map.Dispose();
        }

        _opened.Clear();
    }
}
