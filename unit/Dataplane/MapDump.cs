using System.Globalization;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>
/// What the maps say, as a person would write it; ids are left out, since they may be any. A line is a frontend and the backends that its
/// clients get; what is usual is not said.
/// <code>
/// 10.96.0.10:80/TCP -&gt; 10.0.1.5:8080 10.0.2.7:8080
/// 10.96.0.10:* -&gt; refused
/// 0.0.0.0:30080/TCP (NodePort) -&gt; 10.0.1.5:8080 10.0.2.7:8080 | outside: 10.0.1.5:8080 | affinity 10800 s
/// 198.51.100.7:80/TCP (LoadBalancerIP) -&gt; 10.0.1.5:8080 weight 3 in 3 slots | LeastConnections | from 10.1.0.0/16, this node
/// service network 10.96.0.0/12
/// node address 198.18.0.1
/// </code>
/// </summary>
internal static class MapDump
{
    internal static string[] Of<TBucket, TAddress>(FamilyDataplane<TBucket, TAddress> dataplane)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress> =>
        [
            .. Entries(dataplane.Maps).Select(entry => Line(dataplane.Maps, entry.Key.ToAddress(), entry.Target)).Order(StringComparer.Ordinal),
            .. ServiceNetworks(dataplane.Maps).Select(network => $"service network {network}").Order(StringComparer.Ordinal),
            .. NodeAddresses(dataplane.Maps).Select(address => $"node address {address}").Order(StringComparer.Ordinal),
        ];

    internal static List<(FrontendKey<TAddress> Key, FrontendTarget Target)> Entries<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress> => maps.Frontends.Entries();

    private static string Line<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, FrontendAddress address, FrontendTarget target)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        if (target.Kind == FrontendKind.ClusterIPRest)
        {
            return $"{(address.Family == IpFamily.IPv4 ? address.Ip : $"[{address.Ip}]")}:* -> refused";
        }

        var kind = target.Kind == FrontendKind.ClusterIP ? "" : $" ({target.Kind})";
        var inside = Backends(maps, SetId.Of(target.Service, target.Internal));
        var outside = Backends(maps, SetId.Of(target.Service, target.External));
        string[] parts = [inside, .. outside == inside ? Array.Empty<string>() : [$"outside: {outside}"], .. Options(maps, target)];
        return $"{address}{kind} -> {string.Join(" | ", parts)}";
    }

    private static IEnumerable<string> Options<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, FrontendTarget target)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        if (target.AffinitySeconds > 0)
        {
            yield return $"affinity {target.AffinitySeconds} s";
        }

        if (target.Algorithm != BalancingAlgorithm.Random)
        {
            yield return target.Algorithm.ToString();
        }

        if (target.IsRestricted)
        {
            var ranges = maps.SourceRanges.Recover()[target.Service].OrderBy(range => range.Base).ThenBy(range => range.PrefixLength);
            yield return $"from {string.Join(", ", ranges)}{(target.AdmitsNode ? ", this node" : "")}";
        }
    }

    private static string Backends<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, uint set)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var value = new SetValue(maps.Sets[(int)set]);
        var slots = Enumerable.Range(value.Range.First, value.Range.Count).Select(slot => maps.Slots[slot]).ToArray();
        Assert.That(slots.Select(slot => slot.Set), Is.All.EqualTo(set), "every slot names its set");
        return slots.Length == 0
            ? value.IfEmpty.ToString().ToLower(CultureInfo.InvariantCulture)
            : string.Join(' ', slots.GroupBy(slot => slot.Backend).Select(same => Backend(maps, same.First(), same.Count())));
    }

    private static string Backend<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps, SlotValue<TAddress> slot, int count)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var weight = maps.Backends[(int)slot.Backend].Weight;
        return $"{slot.ToBackend()}{(weight == 1 ? "" : $" weight {weight}")}{(count == 1 ? "" : $" in {count} slots")}";
    }

    private static IReadOnlyList<IpNetwork> ServiceNetworks<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress>
    {
        var settings = maps.Settings.Written;
        ReadOnlySpan<NetworkValue<TAddress>> networks = settings.ServiceNetworks;
        return [.. networks[..(int)settings.ServiceNetworkCount].ToArray().Select(network => network.ToNetwork())];
    }

    private static IEnumerable<string> NodeAddresses<TBucket, TAddress>(FamilyMaps<TBucket, TAddress> maps)
        where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
        where TAddress : unmanaged, IMapAddress<TAddress> =>
        [
            .. maps.NodeAddresses.Written.Select(address => address.ToString()),
            .. maps.Settings.Written.LoopbackNodePorts != 0 ? ["loopback"] : Array.Empty<string>(),
        ];
}
