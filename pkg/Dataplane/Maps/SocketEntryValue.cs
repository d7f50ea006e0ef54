using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct socket_entry</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct SocketEntryValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly ulong Time;
    internal readonly TAddress FrontendAddr;
    internal readonly TAddress BackendAddr;
    internal readonly Be16 FrontendPort;
    internal readonly Be16 BackendPort;
    internal readonly uint Service;
    internal readonly uint Backend;
    internal readonly byte Protocol;
    internal readonly Padding Pad;

    [InlineArray(3)]
    [SuppressMessage("Style", "IDE0044", Justification = "nobody writes the padding")]
    internal struct Padding
    {
        private byte _first;
    }
}
