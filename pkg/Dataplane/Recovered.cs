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

    /// <summary>By id: the frontends of each service port.</summary>
    internal Dictionary<uint, List<FrontendKey<TAddress>>> Services { get; } = [];

    internal void Add(FrontendKey<TAddress> key, FrontendTarget target)
    {
        Frontends[key] = target;
        if (!Services.TryGetValue(target.Service, out var keys))
        {
            Services[target.Service] = keys = new(1);
        }

        keys.Add(key);
    }
}
