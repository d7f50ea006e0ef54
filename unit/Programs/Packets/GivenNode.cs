using KubeProxyNext.Dataplane.Devices;

namespace KubeProxyNext.Unit.Programs.Packets;

/// <summary>How a node tells senders apart, and what it does with their addresses (behaviour 4.3 to 4.5).</summary>
internal sealed record GivenNode
{
    internal LocalDetector Detector { get; init; } = LocalDetector.Network;

    internal bool MasqueradeAll { get; init; }

    /// <summary>Another one: routes or neighbours have changed.</summary>
    internal uint HopGeneration { get; init; } = 1;

    /// <summary>Devices without programs of ours.</summary>
    internal string[] Unserved { get; init; } = [];
}
