using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct frontend</c> in bpf/lib/types.h, IPv4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Frontend4
{
    internal FrontendKey<Address4> Key;
    internal uint Options;
    internal uint Service;
}

/// <summary><c>struct frontend_bucket</c> in bpf/lib/types.h, IPv4.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FrontendBucket4 : IFrontendBucket<FrontendBucket4, Address4>
{
    internal Tags Tag;
    internal uint Next;
    internal Entries Way;

    public static int Ways => 3;

    public static ref uint TagOf(ref FrontendBucket4 bucket, int way) => ref bucket.Tag[way];

    public static ref uint NextOf(ref FrontendBucket4 bucket) => ref bucket.Next;

    public static ref FrontendKey<Address4> KeyOf(ref FrontendBucket4 bucket, int way) => ref bucket.Way[way].Key;

    public static ref ulong TargetOf(ref FrontendBucket4 bucket, int way) =>
        ref Unsafe.As<uint, ulong>(ref bucket.Way[way].Options);

    [InlineArray(3)]
    [SuppressMessage("Style", "IDE0044", Justification = "the element of an inline array is written through its indexer")]
    internal struct Tags
    {
        private uint _first;
    }

    [InlineArray(3)]
    [SuppressMessage("Style", "IDE0044", Justification = "the element of an inline array is written through its indexer")]
    internal struct Entries
    {
        private Frontend4 _first;
    }
}
