using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>The writer of <c>source_ranges</c>: which networks may dial a service port's restricted frontends.</summary>
internal sealed class SourceRanges<TAddress>(BpfMap map)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private readonly BpfMap<SourceRangeKey<TAddress>, uint> _map = new(map);

    /// <summary>What an earlier process left, by the id of the service port. What others have let in everywhere goes.</summary>
    internal ILookup<uint, IpNetwork> Recover()
    {
        var keys = _map.Keys().ToLookup(key => key.IsOfOneService);
        foreach (var key in keys[false])
        {
            _map.Remove(key);
        }

        return keys[true].ToLookup(key => key.Service, key => key.ToNetwork());
    }

    /// <summary>Lets these in, all or none.</summary>
    /// <exception cref="MapFullException">There is no room for all of them.</exception>
    internal void Add(uint service, IReadOnlyList<IpNetwork> networks)
    {
        for (var i = 0; i < networks.Count; i++)
        {
            if (!_map.TrySet(new(service, networks[i]), 1))
            {
                Remove(service, networks.Take(i));
                throw new MapFullException("source_ranges", _map.MaxEntries, "--max-source-ranges");
            }
        }
    }

    internal void Remove(uint service, IEnumerable<IpNetwork> networks)
    {
        foreach (var network in networks)
        {
            _map.Remove(new(service, network));
        }
    }
}
