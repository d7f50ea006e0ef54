namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>One packet that comes by a device, and those that leave the node for it; the texts are those of <see cref="KubeProxyNext.Packets.PacketText"/>.</summary>
internal sealed record WireStep(NodeDevice Device, string In)
{
    /// <summary>Whether its checksum is one that a device is to finish.</summary>
    internal bool IsUnfinished { get; init; }

    /// <summary>In bytes, where a device is to cut the packet into such segments.</summary>
    internal int SegmentSize { get; init; }

    /// <summary>In the order in which they leave.</summary>
    internal (NodeDevice Device, string Packet)[] Out { get; init; } = [];

    internal static WireStep Enters(string device, string packet) => new(NodeDevice.Find(device), packet);

    internal WireStep Unfinished() => this with { IsUnfinished = true };

    /// <summary>What leaves is cut so.</summary>
    internal WireStep InSegments(int size) => this with { IsUnfinished = true, SegmentSize = size };

    internal WireStep Leaves(string device, string packet) => this with { Out = [.. Out, (NodeDevice.Find(device), packet)] };
}
