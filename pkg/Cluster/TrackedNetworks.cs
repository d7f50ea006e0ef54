using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster;

/// <summary>
/// All ServiceCIDR objects and the union of their networks. A network that several objects have stays until the last of them is
/// gone, since the union is always made of all that there are. Every change says whether the union became another. Not thread safe.
/// </summary>
internal sealed class TrackedNetworks
{
    private readonly Dictionary<string, ServiceCidr> _cidrs = new(StringComparer.Ordinal);

    /// <summary>Sorted; networks that lie within another one are left out.</summary>
    public ValueArray<IpNetwork> Union { get; private set; }

    public bool Set(ServiceCidr cidr)
    {
        _cidrs[cidr.Name] = cidr;
        return Unite();
    }

    public bool Remove(string name) => _cidrs.Remove(name) && Unite();

    /// <param name="unusable">Stay as they are.</param>
    public bool Replace(IReadOnlyCollection<ServiceCidr> cidrs, IReadOnlyCollection<ObjectName> unusable)
    {
        var kept = unusable.Select(name => name.Name).ToHashSet();
        foreach (var gone in _cidrs.Keys.Where(name => !kept.Contains(name)).ToList())
        {
            _cidrs.Remove(gone);
        }

        foreach (var cidr in cidrs)
        {
            _cidrs[cidr.Name] = cidr;
        }

        return Unite();
    }

    // Networks lie within each other or apart, and what lies within one is sorted right behind it.
    private bool Unite()
    {
        var before = Union;
        var union = new List<IpNetwork>();
        foreach (var network in _cidrs.Values.SelectMany(cidr => cidr.Networks).Order())
        {
            if (union.Count == 0 || !union[^1].Contains(network))
            {
                union.Add(network);
            }
        }

        Union = [.. union];
        return Union != before;
    }
}
