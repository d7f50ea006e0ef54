using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct flow_bucket</c> in bpf/lib/packet_types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowBucket<TEntry>
    where TEntry : unmanaged
{
    internal uint Lock;
    internal Tags Tag;
    internal Entries Entry;

    [InlineArray(MapCapacities.FlowWays)]
    [SuppressMessage("Style", "IDE0044", Justification = "the element of an inline array is written through its indexer")]
    internal struct Tags
    {
        private uint _first;
    }

    [InlineArray(MapCapacities.FlowWays)]
    [SuppressMessage("Style", "IDE0044", Justification = "the element of an inline array is written through its indexer")]
    internal struct Entries
    {
        private TEntry _first;
    }
}
