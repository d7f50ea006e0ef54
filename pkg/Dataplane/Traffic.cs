using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane;

/// <summary><c>struct traffic</c> in bpf/lib/types.h: what has gone one way.</summary>
/// <param name="Packets">Segments that a device joined, or is to cut, are one.</param>
/// <param name="Bytes">Of IP packets with their headers.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Traffic(ulong Packets, ulong Bytes);
