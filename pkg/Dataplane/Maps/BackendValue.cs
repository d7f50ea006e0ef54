using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct backend</c> in bpf/lib/types.h. The programs write <see cref="Live"/>, we write <see cref="Generation"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BackendValue
{
    internal uint Live;
    internal uint Generation;
}
