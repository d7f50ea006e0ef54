namespace KubeProxyNext.Dataplane.Maps;

/// <summary>The writer's half of the hash function in bpf/lib/frontends.h.</summary>
internal static class FrontendHash
{
    /// <summary><c>hash_mix</c>: the finaliser of MurmurHash3.</summary>
    internal static ulong Mix(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53;
        return hash ^ hash >> 33;
    }

    internal static ulong Of<TAddress>(in FrontendKey<TAddress> key, ulong seed)
        where TAddress : unmanaged, IMapAddress<TAddress> =>
        key.Addr.Hash(seed ^ (key.Port.Raw | (uint)key.Protocol << 16));

    /// <summary>A tag is never 0: that is a free way.</summary>
    internal static uint Tag(ulong hash) => (uint)(hash >> 32) | 1;
}
