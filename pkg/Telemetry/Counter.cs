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

    /// <summary>Rejected: no Service has this address, or this port of a ClusterIP.</summary>
    DropUnallocated,

    /// <summary>Dropped: <c>loadBalancerSourceRanges</c> does not let the client in.</summary>
    DropSourceRange,

    /// <summary>A process was kept from binding a NodePort.</summary>
    BindRefused,

    /// <summary>A client's affinity could not be remembered.</summary>
    AffinityUnrecorded,

    /// <summary>Sockets that were connected to a backend which is gone, and were destroyed.</summary>
    SocketsDestroyed,
}
