using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// A Service's wish to have an address. The least claim wins: the stronger kind, then the older Service, then the lesser
/// namespace and name (behaviour 2.5). What is compared does not depend on when a claim was heard of.
/// </summary>
internal readonly record struct Claim(Service Service, FrontendKind Kind) : IComparable<Claim>
{
    public int CompareTo(Claim other)
    {
        var byKind = Kind.CompareTo(other.Kind);
        var byAge = byKind != 0 ? byKind : Service.Created.CompareTo(other.Service.Created);
        return byAge != 0 ? byAge : Service.Name.CompareTo(other.Service.Name);
    }
}
