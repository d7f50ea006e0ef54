using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What the maps hold for one service port: its applied state.</summary>
internal sealed class PortState<TAddress>(string portName, Protocol protocol, uint service)
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal string PortName { get; } = portName;

    internal Protocol Protocol { get; } = protocol;

    /// <summary>The id that counters and sockets know it by, and that its sets are found by.</summary>
    internal uint Service { get; } = service;

    /// <summary>One for each policy, which is their index; empty where no frontend asks for it.</summary>
    internal SetState[] Sets { get; init; } = [new(TrafficPolicy.Cluster), new(TrafficPolicy.Local)];

    /// <summary>Where it is dialled, and what the map says there.</summary>
    internal List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Frontends { get; } = new(1);

    /// <summary>Backends that no set has any more and that sockets keep (behaviour 6.1), with their ids.</summary>
    internal Dictionary<(IpAddress Ip, ushort Port), uint>? Retained { get; set; }

    /// <summary>
    /// Ids that the port's backends had before it was renewed, or before this process began: no new client gets them, and sockets that are
    /// connected by them are destroyed when the backend goes.
    /// </summary>
    internal List<FormerBackend>? Former { get; set; }

    /// <summary>Whether clients may have an affinity on record here.</summary>
    internal bool HasAffinity { get; set; }

    /// <summary>What <c>source_ranges</c> lets in here; null where nothing is written.</summary>
    internal HashSet<IpNetwork>? SourceRanges { get; set; }

    /// <summary>Whether it lets in those, too, whom it did before everybody was let in.</summary>
    internal bool HasFormerRanges { get; set; }

    /// <summary>Notes what the map says at a frontend from now on.</summary>
    internal void Note(in FrontendKey<TAddress> key, FrontendTarget target)
    {
        for (var i = 0; i < Frontends.Count; i++)
        {
            if (Frontends[i].Key == key)
            {
                Frontends[i] = (key, target);
                return;
            }
        }

        Frontends.Add((key, target));
    }

    internal bool Is(ServicePortPlan plan) => Protocol == plan.Protocol && PortName == plan.PortName;
}

/// <summary>What the maps hold for one set.</summary>
internal sealed class SetState(TrafficPolicy policy)
{
    internal SlotRange Range { get; set; }

    internal BackendSet Content { get; set; } = BackendSet.Empty(policy);

    /// <summary>
    /// The map holds something else than <see cref="Content"/>: what a set had that nobody is to ask for any more, until programs that may still
    /// ask have ended; or what others had written when this process began, until a plan is applied.
    /// </summary>
    internal bool IsOutdated { get; set; }

    /// <summary>The ids of <see cref="Content"/>'s backends, in their order.</summary>
    internal uint[] BackendIds { get; set; } = [];
}

/// <summary>A backend by an id that it has no more.</summary>
internal readonly record struct FormerBackend(IpAddress Ip, ushort Port, uint Id);
