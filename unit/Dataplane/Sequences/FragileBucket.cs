using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary><see cref="FrontendBucket4"/>, with an <see cref="Interruption"/> wherever a field of it is about to be read or written.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FragileBucket : IFrontendBucket<FragileBucket, FragileAddress>
{
    private FrontendBucket4 _bucket;

    public static int Ways => FrontendBucket4.Ways;

    public static ref uint TagOf(ref FragileBucket bucket, int way) => ref FrontendBucket4.TagOf(ref Used(ref bucket), way);

    public static ref uint NextOf(ref FragileBucket bucket) => ref FrontendBucket4.NextOf(ref Used(ref bucket));

    public static ref FrontendKey<FragileAddress> KeyOf(ref FragileBucket bucket, int way) =>
        ref Unsafe.As<FrontendKey<Address4>, FrontendKey<FragileAddress>>(ref FrontendBucket4.KeyOf(ref Used(ref bucket), way));

    public static ref ulong TargetOf(ref FragileBucket bucket, int way) => ref FrontendBucket4.TargetOf(ref Used(ref bucket), way);

    private static ref FrontendBucket4 Used(ref FragileBucket bucket)
    {
        Interruption.Use();
        return ref bucket._bucket;
    }
}
