using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Those fields of <c>struct __sk_buff</c> that a test run takes (net/bpf/test_run.c): it wants zero in all the others, and writes no
/// other back.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
public struct PacketContext
{
    [FieldOffset(8)]
    public uint Mark;

    [FieldOffset(32)]
    public uint Priority;

    /// <summary>The device by which the packet came to this machine; 0: it was made here.</summary>
    [FieldOffset(36)]
    public int IngressDevice;

    /// <summary>The device whose program runs; 0 is the loopback device.</summary>
    [FieldOffset(40)]
    public int Device;

    /// <summary>In bytes, of a packet that a device will cut into several; 0 for one that is on the wire as it is.</summary>
    [FieldOffset(176)]
    public uint SegmentSize;

    /// <summary>How many those are.</summary>
    [FieldOffset(164)]
    public uint Segments;

    /// <summary>Bytes on the wire; 0 for the packet's own.</summary>
    [FieldOffset(160)]
    public uint WireLength;
}
