using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// What an earlier process left in the maps, until plans claim it: the maps name addresses and ids, not Services, so a service
/// port finds its own by the frontends that it wants.
/// </summary>
internal sealed class Recovered<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal Dictionary<FrontendKey<TAddress>, FrontendTarget> Frontends { get; } = [];

    internal Dictionary<uint, SetState> Sets { get; } = [];

    internal HashSet<uint> Services { get; } = [];
}
