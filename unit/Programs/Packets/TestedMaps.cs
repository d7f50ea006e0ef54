using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary><c>struct device</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TestedDevice<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal uint Flags;
    internal TAddress Address;
}

/// <summary><c>struct packet_settings</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TestedSettings<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal uint HopGeneration;
    internal ushort PortFirst;
    internal ushort PortLast;
    internal byte Detector;
    internal byte MasqueradeAll;
    internal ushort Pad;
    internal TAddress Node;
    internal NetworkValue<TAddress> Pods;
}
