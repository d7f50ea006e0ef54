namespace KubeProxyNext.Dataplane.Devices;

/// <summary>What a network device is to this node.</summary>
public enum DeviceRole
{
    /// <summary>No packets come by it that are anybody's concern, or another device has them, too.</summary>
    None,

    /// <summary>The world is behind it.</summary>
    Uplink,

    /// <summary>Other nodes are behind it, by a tunnel.</summary>
    Overlay,

    /// <summary>Pods of this node are behind it.</summary>
    Pods,
}
