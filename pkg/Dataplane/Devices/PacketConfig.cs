using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>How programs tell pods of this node from others: <c>enum detector</c> in bpf/lib/packet_types.h.</summary>
public enum LocalDetector : byte
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>By the source address: <see cref="PacketConfig.Pods"/>.</summary>
    Network,

    /// <summary>By the device: <see cref="DevicePlan.IsDetected"/>.</summary>
    Device,
}

/// <summary>What the packet programs are told besides devices and Services.</summary>
public sealed record PacketConfig
{
    /// <summary>The first and the last port that the node's address gets where it stands in for a client's.</summary>
    public (ushort First, ushort Last) Ports { get; init; } = (1024, 29_999);

    /// <summary>Whether all that is dialled at ClusterIPs gets the node's address.</summary>
    public bool MasqueradeAll { get; init; }

    public LocalDetector Detector { get; init; }

    /// <summary>Where pods have their addresses, the first one of each family; where a family has none there, it has no detector.</summary>
    public ValueArray<IpNetwork> Pods { get; init; }

    /// <summary>The first one of each family is the node's address where a device has none of its own.</summary>
    public ValueArray<IpAddress> NodeAddresses { get; init; }
}
