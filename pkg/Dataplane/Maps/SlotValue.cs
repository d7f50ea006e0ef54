using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct slot</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SlotValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const ushort Local = 1;

    internal readonly TAddress Addr;
    internal readonly Be16 Port;
    internal readonly ushort Flags;
    internal readonly uint Set;
    internal readonly uint Backend;

    internal SlotValue(Backend backend, uint set, uint backendId)
    {
        Addr = TAddress.From(backend.Ip);
        Port = new(backend.Port);
        Flags = backend.IsLocal ? Local : (ushort)0;
        Set = set;
        Backend = backendId;
    }

    internal Backend ToBackend() => new(Addr.ToIpAddress(), Port.Value, (Flags & Local) != 0);
}
