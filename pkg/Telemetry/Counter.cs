namespace KubeProxyNext.Telemetry;

/// <summary><c>enum counter</c> in bpf/lib/types.h: why something was refused, and what the socket table lost.</summary>
public enum Counter
{
    /// <summary>Rejected: the service port has no usable endpoint.</summary>
    DropNoBackend,

    /// <summary>Dropped: traffic policy Local, and no endpoint on this node.</summary>
    DropNoLocalBackend,

    /// <summary>Rejected: the service port changed twice during one look-up.</summary>
    DropStaleSlot,

    /// <summary>Refused: an unconnected UDP socket's memory could not be made.</summary>
    DropNoMemory,

    /// <summary>An entry of the socket table gave way to a newer connection.</summary>
    SocketOverwritten,

    /// <summary>A connection found no room in the socket table.</summary>
    SocketUnrecorded,
}
