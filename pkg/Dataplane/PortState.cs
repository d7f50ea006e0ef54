using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What the maps hold for one service port: its applied state.</summary>
internal sealed class PortState<TAddress>(string portName, Protocol protocol, uint service)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal string PortName { get; } = portName;

    internal Protocol Protocol { get; } = protocol;

    /// <summary>The id that counters and sockets know it by.</summary>
    internal uint Service { get; } = service;

    internal List<SetState> Sets { get; } = new(1);

    internal List<FrontendKey<TAddress>> Frontends { get; } = new(1);

    /// <summary>
    /// Whether the first of <see cref="Sets"/> are to take the place of the others: to be seen through where it could not be at once.
    /// </summary>
    internal bool IsRenewing { get; set; }

    internal bool Is(ServicePortPlan plan) => Protocol == plan.Protocol && PortName == plan.PortName;
}

/// <summary>What the maps hold for one set.</summary>
internal sealed class SetState(uint id)
{
    internal uint Id { get; } = id;

    internal SlotRange Range { get; set; }

    internal BackendSet Content { get; set; } = new([], NoBackendVerdict.Reject);

    /// <summary>The ids of <see cref="Content"/>'s backends, in their order.</summary>
    internal uint[] BackendIds { get; set; } = [];
}
