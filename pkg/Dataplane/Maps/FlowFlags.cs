namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>FLOW_*</c> in bpf/lib/packet_types.h.</summary>
[Flags]
internal enum FlowFlags : ushort
{
    None = 0,

    /// <summary>From the backend to the client.</summary>
    Reply = 1 << 0,

    /// <summary>The twin is rewritten after routing, not before.</summary>
    TwinEgress = 1 << 1,

    /// <summary>It leaves past the stack.</summary>
    Redirect = 1 << 2,

    /// <summary>The destination is exchanged here, the source by another pair.</summary>
    Masqueraded = 1 << 3,

    /// <summary>This is that other pair: the source alone is exchanged.</summary>
    Masquerade = 1 << 4,
}
