using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct source_range</c> in bpf/lib/types.h: a key of a trie, so its first field says how many bits of the rest count.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SourceRangeKey<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const int ServiceBits = 32;

    internal readonly uint PrefixLen;
    internal readonly uint Service;
    internal readonly TAddress Addr;

    internal SourceRangeKey(uint service, IpNetwork network) =>
        (PrefixLen, Service, Addr) = ((uint)(ServiceBits + network.PrefixLength), service, TAddress.From(network.Base));

    /// <summary>Whether it is of one service port, as all are that the controller writes.</summary>
    internal bool IsOfOneService => PrefixLen >= ServiceBits;

    internal IpNetwork ToNetwork() => new(Addr.ToIpAddress(), (int)PrefixLen - ServiceBits);
}
