using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct backend</c> in bpf/lib/types.h. The programs write <see cref="Live"/> and <see cref="Flows"/>, we write the rest.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BackendValue
{
    /// <summary><c>BACKEND_DESTROY</c>: sockets connected to it are to be destroyed.</summary>
    internal const byte Destroy = 1;

    internal uint Live;
    internal uint Generation;
    internal ushort Weight;
    internal byte Sets;
    internal byte Flags;
    internal uint Flows;
}
