using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Devices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct packet_settings</c> in bpf/lib/packet_types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketSettingsValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal uint HopGeneration;
    internal ushort PortFirst;
    internal ushort PortLast;
    internal LocalDetector Detector;
    internal byte MasqueradeAll;
    internal Padding Pad;
    internal uint HeldUntil;
    internal TAddress Node;
    internal NetworkValue<TAddress> Pods;

    [InlineArray(2)]
    [SuppressMessage("Style", "IDE0044", Justification = "nobody writes the padding")]
    internal struct Padding
    {
        private byte _first;
    }
}
