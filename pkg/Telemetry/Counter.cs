namespace KubeProxyNext.Telemetry;

/// <summary><c>enum counter</c> in bpf/lib/types.h: why something was refused, and what became of sockets and flows.</summary>
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

    /// <summary>Rejected: the middle of a connection that nobody knows.</summary>
    DropNoFlow,

    /// <summary>Rejected: all source ports towards the backend are taken.</summary>
    DropNoPort,

    /// <summary>Dropped: there is no way on to the backend or to the client.</summary>
    DropNoRoute,

    /// <summary>Dropped: the packet has made too many hops.</summary>
    DropTtl,

    /// <summary>Dropped, and the sender told: larger than the next hop's MTU.</summary>
    DropTooBig,

    /// <summary>Dropped: the packet could not be changed.</summary>
    DropUnwritable,

    /// <summary>Entries of flows that were made, each direction by itself.</summary>
    FlowsMade,

    /// <summary>Entries of flows that gave way to newer ones, their bucket being full.</summary>
    FlowsEvicted,

    /// <summary>Entries of flows that were removed, since they were closed, idle for too long, or begun anew.</summary>
    FlowsRemoved,

    /// <summary>Dropped: an entry of flows could not be made.</summary>
    FlowUnrecorded,

    /// <summary>Dropped, for its sender to try again: nothing begins for a moment, since flows are carried over into another table.</summary>
    DropHeld,
}
