namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>One packet, and what becomes of it; the texts are those of <see cref="KubeProxyNext.Packets.PacketText"/>.</summary>
internal sealed record PacketStep(NodeDevice Device, PacketHook Hook, string In)
{
    /// <summary>By which device a packet that leaves came; null for the node's own.</summary>
    internal NodeDevice? CameBy { get; init; }

    internal PacketVerdict Verdict { get; init; }

    /// <summary>Null where it is as it came.</summary>
    internal string? Out { get; init; }

    /// <summary>In bytes, where the packet will be cut into such segments.</summary>
    internal int SegmentSize { get; init; }

    internal static PacketStep Enters(string device, string packet) => new(NodeDevice.Find(device), PacketHook.Ingress, packet);

    internal static PacketStep Leaves(string device, string packet, string? cameBy = null) =>
        new(NodeDevice.Find(device), PacketHook.Egress, packet) { CameBy = cameBy is null ? null : NodeDevice.Find(cameBy) };

    internal PacketStep Passes(string? changed = null) => this with { Verdict = PacketVerdict.Pass, Out = changed };

    internal PacketStep Drops() => this with { Verdict = PacketVerdict.Drop };

    internal PacketStep Redirects(string changed) => this with { Verdict = PacketVerdict.Redirect, Out = changed };
}
