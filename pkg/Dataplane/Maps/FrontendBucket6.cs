using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct frontend</c> in bpf/lib/types.h, IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Frontend6
{
    internal FrontendKey<Address6> Key;
    internal uint Pad;
    internal uint Options;
    internal uint Service;
}

/// <summary><c>struct frontend_bucket</c> in bpf/lib/types.h, IPv6.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FrontendBucket6 : IFrontendBucket<FrontendBucket6, Address6>
{
    internal Tags Tag;
    internal uint Next;
    internal Entries Way;
    internal Padding Pad;

    public static int Ways => 3;

    public static ref uint TagOf(ref FrontendBucket6 bucket, int way) => ref bucket.Tag[way];

    public static ref uint NextOf(ref FrontendBucket6 bucket) => ref bucket.Next;

    public static ref FrontendKey<Address6> KeyOf(ref FrontendBucket6 bucket, int way) => ref bucket.Way[way].Key;

    public static ref ulong TargetOf(ref FrontendBucket6 bucket, int way) =>
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
        private Frontend6 _first;
    }

    [InlineArray(4)]
    [SuppressMessage("Style", "IDE0044", Justification = "nobody writes the padding")]
    internal struct Padding
    {
        private uint _first;
    }
}
