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
            foreach (var port in Of(service, node.Families[f], node))
            {
                yield return port;
            }
        }
    }

    /// <summary>The same in one family: the first ports, as many as the Service's share has room for.</summary>
    public static IEnumerable<PortFrontends> Of(Service service, IpFamily family, NodeConfig node)
    {
        if (ServiceAddresses.Of(service, family, node) is not { } addresses)
        {
            yield break;
        }

        var room = node.Share.Frontends;
        foreach (var port in All(service, addresses, node))
        {
            room -= port.Frontends.Count;
            if (room < 0)
            {
                yield break;
            }

            yield return port;
        }
    }

    /// <summary>How many ports there is no room for in a family.</summary>
    public static int CountLeftOut(Service service, in ServiceAddresses addresses, NodeConfig node)
    {
        // Of one more than the virtual IPs at each port: the NodePort; and what is refused at the cluster IP.
        if ((long)service.Ports.Count * (addresses.VirtualIPs.Count + 1) + 1 <= node.Share.Frontends)
        {
            return 0;
        }

        var (room, leftOut) = (node.Share.Frontends, 0);
        foreach (var port in All(service, addresses, node))
        {
            room = leftOut > 0 ? -1 : room - port.Frontends.Count;
            leftOut += room < 0 ? 1 : 0;
        }

        return leftOut;
    }

    /// <summary>Where a NodePort is looked up: at the zero address of its family.</summary>
    public static FrontendAddress NodePortAddress(IpFamily family, in ServicePort port) => new(
        family == IpFamily.IPv4 ? IpAddress.FromBytes([0, 0, 0, 0]) : default, port.NodePort, port.Protocol);

    private static IEnumerable<PortFrontends> All(Service service, ServiceAddresses addresses, NodeConfig node)
    {
        var repeats = PortRepeats.Of(service);
        var rest = addresses.Rest;
        for (var p = 0; p < service.Ports.Count; p++)
        {
            if (repeats?.IsPort(p) is true)
            {
                continue;
            }

            var port = service.Ports[p];
            var frontends = FrontendsOf(service, repeats?.IsNodePort(p) is true ? port with { NodePort = 0 } : port, addresses, rest, node);
            rest = null;
            if (!frontends.IsEmpty)
            {
                yield return new PortFrontends(addresses.Family, port, frontends);
            }
        }
    }

    private static ValueArray<Frontend> FrontendsOf(
        Service service, in ServicePort port, in ServiceAddresses addresses, IpAddress? rest, NodeConfig node)
    {
        var most = addresses.VirtualIPs.Count + 2;
        var room = most <= MostOnStack ? stackalloc Frontend[MostOnStack] : new Frontend[most];
        var count = 0;
        foreach (var (ip, kind) in addresses.VirtualIPs)
        {
            var address = new FrontendAddress(ip, port.Port, port.Protocol);
            if (kind != FrontendKind.ExternalIP || !ExternalIPs.IsApiServer(address, node))
            {
                room[count++] = At(service, address, kind);
            }
        }

        if (port.NodePort != 0)
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
