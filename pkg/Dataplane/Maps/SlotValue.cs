using System.Runtime.InteropServices;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct slot</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SlotValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const byte Local = 1;

    internal readonly TAddress Addr;
    internal readonly Be16 Port;
    internal readonly byte Flags;
    internal readonly byte Generation;
    internal readonly uint Set;
    internal readonly uint Backend;

    /// <param name="generation">Of the backend; its low byte is kept.</param>
    internal SlotValue(Backend backend, uint set, uint backendId, uint generation)
    {
        Addr = TAddress.From(backend.Ip);
        Port = new(backend.Port);
        Flags = backend.IsLocal ? Local : (byte)0;
        Generation = (byte)generation;
        Set = set;
        Backend = backendId;
    }

    internal Backend ToBackend() => new(Addr.ToIpAddress(), Port.Value, (Flags & Local) != 0);
}
