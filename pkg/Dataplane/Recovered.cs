using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// What an earlier process left in the maps, until plans claim it: the maps name addresses and ids, not Services, so a service
/// port finds its own by the frontends that it wants.
/// </summary>
internal sealed class Recovered<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal Dictionary<FrontendKey<TAddress>, FrontendTarget> Frontends { get; } = [];

    /// <summary>By id: the frontends and sets of each service port.</summary>
    internal Dictionary<uint, RecoveredPort<TAddress>> Services { get; } = [];

    internal IEnumerable<SetState> Sets => Services.Values.SelectMany(port => port.Sets);
}

/// <summary>What an earlier process left of one service port.</summary>
internal sealed record RecoveredPort<TAddress>(SetState[] Sets)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Frontends { get; } = new(1);

    internal HashSet<IpNetwork>? SourceRanges { get; set; }

    /// <summary>Backends that no set has and that sockets are connected to.</summary>
    internal List<FormerBackend> Former { get; } = [];
}
