using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct ip_addr</c> of one of the two builds of the programs: what the rest is generic over.</summary>
internal interface IMapAddress<TSelf>
    where TSelf : unmanaged, IMapAddress<TSelf>
{
    static abstract IpFamily Family { get; }

    static abstract TSelf From(IpAddress address);

    IpAddress ToIpAddress();

    /// <summary><c>frontend_hash</c> in bpf/lib/frontends.h for this address and the other fields of a key.</summary>
    ulong Hash(ulong seedAndTail);
}
