namespace KubeProxyNext.Bpf;

/// <summary>What came of a program's run on a packet.</summary>
/// <param name="Verdict">As in <c>linux/pkt_cls.h</c> (<c>TC_ACT_*</c>).</param>
/// <param name="Length">Of the packet as the program left it, in bytes.</param>
/// <param name="Nanoseconds">That one run took, on average.</param>
public readonly record struct PacketRun(int Verdict, int Length, int Nanoseconds);
