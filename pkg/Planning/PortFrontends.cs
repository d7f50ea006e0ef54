using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// One service port in one family, and the frontends that it would have if no other Service claimed their addresses. It takes
/// the Service alone to say, so that claims need not be settled again when endpoints change.
/// </summary>
internal readonly record struct PortFrontends(IpFamily Family, ServicePort Port, ValueArray<Frontend> Frontends)
{
    private const int MostOnStack = 16;

    /// <summary>All that this node programs. An address is there once, in one port.</summary>
    public static IEnumerable<PortFrontends> Of(Service service, NodeConfig node)
    {
        for (var f = 0; f < node.Families.Count; f++)
        {
            if (ServiceAddresses.Of(service, node.Families[f], node) is not { } addresses)
            {
                continue;
            }

            var rest = addresses.Rest;
            for (var p = 0; p < service.Ports.Count; p++)
            {
                if (IsListedTwice(service, p))
                {
                    continue;
                }

                var frontends = FrontendsOf(service, p, addresses, rest);
                rest = null;
                if (!frontends.IsEmpty)
                {
                    yield return new PortFrontends(addresses.Family, service.Ports[p], frontends);
                }
            }
        }
    }

    /// <summary>Whether an earlier port has the same protocol and the same number or name. The API server lets neither pass; the first has it.</summary>
    public static bool IsListedTwice(Service service, int place)
    {
        var port = service.Ports[place];
        foreach (var other in service.Ports.AsSpan()[..place])
        {
            if (other.Protocol == port.Protocol && (other.Port == port.Port || other.Name == port.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an earlier port, itself not listed twice, has the same NodePort for the same protocol.</summary>
    public static bool IsNodePortListedTwice(Service service, int place)
    {
        var port = service.Ports[place];
        for (var p = 0; p < place; p++)
        {
            var other = service.Ports[p];
            if (other.NodePort == port.NodePort && other.Protocol == port.Protocol && !IsListedTwice(service, p))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a NodePort is looked up: at the zero address of its family.</summary>
    public static FrontendAddress NodePortAddress(IpFamily family, in ServicePort port) => new(
        family == IpFamily.IPv4 ? IpAddress.FromBytes([0, 0, 0, 0]) : default, port.NodePort, port.Protocol);

    private static ValueArray<Frontend> FrontendsOf(Service service, int place, in ServiceAddresses addresses, IpAddress? rest)
    {
        var port = service.Ports[place];
        var most = addresses.VirtualIPs.Count + 2;
        var room = most <= MostOnStack ? stackalloc Frontend[MostOnStack] : new Frontend[most];
        var count = 0;
        foreach (var (ip, kind) in addresses.VirtualIPs)
        {
            room[count++] = At(service, new FrontendAddress(ip, port.Port, port.Protocol), kind);
        }

        if (port.NodePort != 0 && !IsNodePortListedTwice(service, place))
        {
            room[count++] = At(service, NodePortAddress(addresses.Family, port), FrontendKind.NodePort);
        }

        if (rest is { } clusterIP)
        {
            room[count++] = At(service, new FrontendAddress(clusterIP, 0, 0), FrontendKind.ClusterIPRest);
        }

        return ValueArray.Create<Frontend>(room[..count]);
    }

    // Who is on this node is not bound by the external policy (behaviour 4.4, the short-circuit).
    private static Frontend At(Service service, FrontendAddress address, FrontendKind kind) =>
        kind is FrontendKind.ClusterIP or FrontendKind.ClusterIPRest
            ? new Frontend(address, kind, service.InternalTrafficPolicy, service.InternalTrafficPolicy)
            : new Frontend(address, kind, TrafficPolicy.Cluster, ExternalPolicy.Of(service));
}
