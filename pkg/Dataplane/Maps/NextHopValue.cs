using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct next_hop</c> in bpf/lib/packet_types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NextHopValue
{
    internal readonly uint Generation;
    internal readonly uint Ifindex;
    internal readonly LinkAddress Dmac;
    internal readonly LinkAddress Smac;
    internal readonly ushort Mtu;
    internal readonly ushort DeviceFlags;

    [InlineArray(6)]
    [SuppressMessage("Style", "IDE0044", Justification = "nobody writes it here")]
    internal struct LinkAddress
    {
        private byte _first;
    }
}
