using FsCheck;
using FsCheck.Fluent;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Builders;

namespace KubeProxyNext.Unit.Planning;

/// <summary>What a planner was told, change after change.</summary>
public sealed record History(IReadOnlyList<HistoryStep> Steps)
{
    public IEnumerable<ServiceSnapshot> Changes => Steps.SelectMany(step => step.Changes);

    public NodeConfig LastNode => Steps[^1].Node;

    /// <summary>What holds in the end.</summary>
    public IReadOnlyList<ServiceSnapshot> Newest => [.. Changes.GroupBy(change => change.Name).Select(group => group.Last())];

    public override string ToString() => string.Join("\n", Steps);
}

/// <summary>What a planner was told at once.</summary>
public sealed record HistoryStep(IReadOnlyList<ServiceSnapshot> Changes, NodeConfig Node)
{
    public override string ToString() => $"{Node}\n  {string.Join("\n  ", Changes)}";
}

/// <summary>
/// Makes clusters at random, out of so few names, addresses and ports that Services collide all the time, and with much in them
/// that no API server would take.
/// </summary>
public static class Soup
{
    private static readonly Gen<ObjectName> Names =
        from space in Gen.Elements("a", "b") from name in Gen.Elements("x", "y", "z") select new ObjectName(space, name);

    private static readonly Gen<Protocol> Protocols =
        Mostly(Gen.Constant(Protocol.Tcp), Gen.Elements(Protocol.Udp, Protocol.Sctp));

    private static readonly Gen<IpFamily> Families = Gen.Elements(IpFamily.IPv4, IpFamily.IPv6);
    private static readonly Gen<string> PortNames = Mostly(Gen.Constant("http"), Gen.Constant(""));

    private static readonly Gen<ServicePort> ServicePorts =
        from name in PortNames
        from protocol in Protocols
        from port in Gen.Elements<ushort>(80, 81)
        from nodePort in Gen.Elements<ushort>(0, 0, 30080, 30081)
        select new ServicePort(name, protocol, port, nodePort);

    private static readonly Gen<SlicePort> SlicePorts =
        from name in PortNames
        from protocol in Protocols
        from port in Gen.Elements<ushort>(8080, 9090)
        select new SlicePort(name, protocol, port);

    private static readonly Gen<NodeConfig> Nodes =
        from name in Mostly(Gen.Constant("n1"), Gen.Constant(""))
        from zone in Mostly(Gen.Elements<string?>("za", "zb"), Gen.Elements(null, ""))
        from families in Mostly(
            Gen.Constant<ValueArray<IpFamily>>([IpFamily.IPv4, IpFamily.IPv6]),
            Gen.Elements<ValueArray<IpFamily>>([IpFamily.IPv4], [IpFamily.IPv6], []))
        from addresses in ListUpTo(2, AddressIn(IpFamily.IPv4, "192.0.2.11 198.51.100.1", "2001:db8:a::11"))
        from networks in Gen.Elements<ValueArray<IpNetwork>>([], [Text.Network("10.96.0.0/31")], [Text.Network("10.96.0.0/12"), Text.Network("::/0")])
        from denies in Mostly(Gen.Constant(false), Gen.Constant(true))
        from externalIPs in Mostly(Gen.Constant<ValueArray<IpNetwork>>([]), Gen.Elements<ValueArray<IpNetwork>>([Text.Network("203.0.113.11/32")], [Text.Network("::/0")]))
        from apiServers in Mostly(Gen.Constant<ValueArray<FrontendAddress>>([]), Gen.Constant<ValueArray<FrontendAddress>>([Text.Address("203.0.113.10:80"), Text.Address("[2001:db8:f::10]:81")]))
        select new NodeConfig(name, zone, families)
        {
            Addresses = addresses,
            ServiceNetworks = networks,
            DeniesExternalIPs = denies,
            ExternalIPNetworks = externalIPs,
            ApiServers = apiServers,
            MaglevTableSize = 31,
        };

    private static readonly Gen<ServiceAnnotations> Annotations =
        from algorithm in Gen.Elements("", "random", "round-robin", "least-connections", "maglev", "fastest")
        from onRemoval in Gen.Elements("", "", "reset", "kill")
        select new ServiceAnnotations(algorithm, onRemoval);

    private static readonly Gen<string> Weights = Mostly(
        Gen.Constant(""),
        Gen.Elements("10.0.1.1=3,10.0.1.2=0", "10.0.1.1=0,10.0.1.2=0,10.0.1.10=0,10.0.2.1=0", "2001:db8::1=65535,2001:db8::2=7", "junk,,=,10.0.1.1=-1"));

    // Cluster IPs of other Services and special addresses among them.
    private static Gen<IpAddress> VirtualIPs => Mostly(
        AddressIn(IpFamily.IPv4, "203.0.113.10 203.0.113.11 10.96.0.1", "2001:db8:f::10 2001:db8:96::1"),
        AddressIn(IpFamily.IPv4, "0.0.0.0 127.0.0.1 224.0.0.1", ":: ::1 ff02::1"));

    public static Arbitrary<ServiceSnapshot> Snapshots() =>
        (from name in Names from snapshot in SnapshotOf(name) select snapshot).ToArbitrary();

    public static Arbitrary<NodeConfig> NodeConfigs() => Nodes.ToArbitrary();

    public static Arbitrary<History> Histories() => Arb.From(
        from node in Nodes
        from steps in Gen.Choose(1, 6).SelectMany(count => Gen.ListOf(Steps(node), count))
        select new History([.. steps]),
        Shrink);

    // Mostly the node stays as it is, as it does in life.
    private static Gen<HistoryStep> Steps(NodeConfig node) =>
        from changes in Gen.Choose(0, 4).SelectMany(count => Gen.ListOf(Snapshots().Generator, count))
        from now in Mostly(Gen.Constant(node), Nodes)
        select new HistoryStep([.. changes.DistinctBy(change => change.Name)], now);

    private static Gen<ServiceSnapshot> SnapshotOf(ObjectName name) =>
        from service in Mostly(ServiceOf(name), Gen.Constant<Service?>(null))
        from slices in SlicesOf(name)
        select new ServiceSnapshot(name, service, slices);

    private static Gen<Service?> ServiceOf(ObjectName name) =>
        from ip4 in ClusterIPOf(IpFamily.IPv4)
        from ip6 in ClusterIPOf(IpFamily.IPv6)
        from ports in ListUpTo(3, ServicePorts)
        from day in Gen.Choose(0, 2)
        from type in Mostly(Gen.Constant(ServiceType.ClusterIP), Gen.Elements(Enum.GetValues<ServiceType>()))
        from policy in Gen.Elements(TrafficPolicy.Cluster, TrafficPolicy.Cluster, TrafficPolicy.Local)
        from external in Gen.Elements(TrafficPolicy.Cluster, TrafficPolicy.Local)
        from vips in ListUpTo(2, VirtualIPs)
        from externalIPs in ListUpTo(2, VirtualIPs)
        from ranges in ListUpTo(2, Gen.Elements("192.0.2.0/24", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0").Select(Text.Network))
        from healthCheck in Gen.Elements<ushort>(0, 32100)
        from annotations in Annotations
        select (Service?)new Service
        {
            Name = name,
            ClusterIPv4 = ip4,
            ClusterIPv6 = ip6,
            Ports = ports,
            Created = DateTimeOffset.UnixEpoch.AddDays(day),
            Type = type,
            InternalTrafficPolicy = policy,
            ExternalTrafficPolicy = external,
            LoadBalancerIPs = vips,
            ExternalIPs = externalIPs,
            LoadBalancerSourceRanges = ranges,
            HealthCheckNodePort = healthCheck,
            Annotations = annotations.ToList(),
        };

    private static Gen<ValueArray<EndpointSlice>> SlicesOf(ObjectName service) =>
        from count in Mostly(Gen.Choose(1, 4), Gen.Constant(0))
        from slices in Gen.CollectToSequence(Enumerable.Range(0, count), place => SliceOf(service, place))
        select ValueArray.Create<EndpointSlice>([.. slices]);

    private static Gen<EndpointSlice> SliceOf(ObjectName service, int place) =>
        from family in Families
        from ports in ListUpTo(3, SlicePorts)
        from endpoints in ListUpTo(8, EndpointOf(family))
        from weights in Weights
        select new EndpointSlice
        {
            Name = service with { Name = $"{service.Name}-{place}" },
            Service = service,
            Family = family,
            Ports = ports,
            Endpoints = endpoints,
            Annotations = weights == "" ? [] : [new("kube-proxy-next.io/weights", weights)],
        };

    private static Gen<Endpoint> EndpointOf(IpFamily family) =>
        from ip in AddressIn(family, "10.0.1.1 10.0.1.2 10.0.1.10 10.0.2.1", "2001:db8::1 2001:db8::2 2001:db8::10")
        from conditions in Mostly(Gen.Elements(3, 3, 6), Gen.Choose(0, 7))
        from node in Gen.Elements(null, "", "n1", "n2")
        from zones in Hints("za", "zb")
        from nodes in Mostly(Gen.Constant(default(ValueArray<string>)), Hints("n1", "n2"))
        select new Endpoint(ip, (EndpointConditions)conditions, node, zones, nodes);

    private static Gen<ValueArray<string>> Hints(string one, string other) =>
        Mostly(
        Gen.Elements<ValueArray<string>>([one], [other], [one, other]), Gen.Elements<ValueArray<string>>([], [""]));

    private static Gen<IpAddress?> ClusterIPOf(IpFamily family) => Mostly(
        AddressIn(family, "10.96.0.1 10.96.0.2", "2001:db8:96::1 2001:db8:96::2").Select(ip => (IpAddress?)ip),
        Gen.Constant<IpAddress?>(null));

    // Of the other family now and then: nobody checks what a Service or a slice says of itself.
    private static Gen<IpAddress> AddressIn(IpFamily family, string ipv4, string ipv6)
    {
        var (right, wrong) = family == IpFamily.IPv4 ? (ipv4, ipv6) : (ipv6, ipv4);
        return Mostly(Gen.Elements(right.Split(' ')), Gen.Elements(wrong.Split(' '))).Select(text => IpAddress.Parse(text));
    }

    private sealed record ServiceAnnotations(string Algorithm, string OnRemoval)
    {
        public ValueArray<KeyValuePair<string, string>> ToList()
        {
            KeyValuePair<string, string>[] all =
                [new("kube-proxy-next.io/algorithm", Algorithm), new("kube-proxy-next.io/on-backend-removal", OnRemoval)];
            return [.. all.Where(item => item.Value != "")];
        }
    }

    private static Gen<T> Mostly<T>(Gen<T> usual, Gen<T> odd) => Gen.Frequency((6, usual), (1, odd));

    private static Gen<ValueArray<T>> ListUpTo<T>(int most, Gen<T> items) =>
        Mostly(Gen.Choose(1, most), Gen.Constant(0)).SelectMany(count => Gen.ListOf(items, count)).Select(list => ValueArray.Create<T>([.. list]));

    // A shorter story that fails too is a better one: leave out a step, or one change.
    private static IEnumerable<History> Shrink(History history)
    {
        for (var s = 0; s < history.Steps.Count; s++)
        {
            var (step, rest) = (history.Steps[s], history.Steps.Where((_, i) => i != s).ToList());
            if (rest.Count > 0)
            {
                yield return new History(rest);
            }

            for (var c = 0; c < step.Changes.Count; c++)
            {
                var less = step with { Changes = [.. step.Changes.Where((_, i) => i != c)] };
                yield return new History([.. history.Steps.Take(s), less, .. history.Steps.Skip(s + 1)]);
            }
        }
    }
}
