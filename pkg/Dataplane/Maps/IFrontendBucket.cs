namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct frontend_bucket</c> in bpf/lib/types.h, whose number of ways differs between the families.</summary>
internal interface IFrontendBucket<TSelf, TAddress>
    where TSelf : unmanaged, IFrontendBucket<TSelf, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    static abstract int Ways { get; }

    static abstract ref uint TagOf(ref TSelf bucket, int way);

    static abstract ref uint NextOf(ref TSelf bucket);

    static abstract ref FrontendKey<TAddress> KeyOf(ref TSelf bucket, int way);

    /// <summary>The fields <c>options</c> and <c>service</c> as the one u64 that they are changed by.</summary>
    static abstract ref ulong TargetOf(ref TSelf bucket, int way);
}
