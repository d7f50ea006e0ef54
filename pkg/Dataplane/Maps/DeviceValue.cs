using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>DEVICE_*</c> in bpf/lib/packet_types.h.</summary>
[Flags]
internal enum DeviceFlags : uint
{
    None = 0,
    Served = 1 << 0,
    Pods = 1 << 1,
    Detected = 1 << 2,
}

/// <summary><c>struct device</c> in bpf/lib/packet_types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DeviceValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly DeviceFlags Flags;
    internal readonly TAddress Addr;

    internal DeviceValue(DeviceFlags flags, TAddress addr) => (Flags, Addr) = (flags, addr);
}
