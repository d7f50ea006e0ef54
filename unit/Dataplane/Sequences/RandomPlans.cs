using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>Plans by chance: Services with a few ports, at addresses of their own, with whatever a plan can say.</summary>
internal sealed class RandomPlans(Random random)
{
    internal const int MostBackends = 5;

    private const int MostPorts = 3, LayoutSlots = 7;

    internal static string NameOf(int service) => $"web-{service}";

    /// <summary>Any plan of the Service, with at least one port.</summary>
    internal ServicePlan Any(int service) => Service(NameOf(service),
        [.. Enumerable.Range(0, random.Next(1, MostPorts + 1)).Select(port => Port(service, port))]);

    /// <summary>A plan of the Service whose first port has so many backends.</summary>
    internal ServicePlan TooLarge(int service, int backends)
    {
        var plan = Any(service);
        var sets = plan.Ports[0].Sets.Select(set => set with
        {
            Backends = [.. Enumerable.Range(0, backends).Select(i => new Backend(IpAddress.Parse($"10.9.{i / 250}.{i % 250 + 1}"), 8080))],
            Layout = default,
        });
        return plan with { Ports = [plan.Ports[0] with { Sets = [.. sets] }, .. plan.Ports.Skip(1)] };
    }

    /// <summary>The same Service with other endpoints.</summary>
    internal ServicePlan WithOtherEndpoints(ServicePlan plan) => plan with
    {
        Ports = [.. plan.Ports.Select(port => port with { Sets = [.. port.Sets.Select(set => Set(set.Policy))], Retained = Backends(2) })],
    };

    /// <summary>The same Service, one of whose ports is called otherwise.</summary>
    internal ServicePlan WithOtherName(ServicePlan plan)
    {
        var renamed = random.Next(plan.Ports.Count);
        return plan with { Ports = [.. plan.Ports.Select((port, i) => i == renamed ? port with { PortName = $"{port.PortName[..6]}-{random.Next(100)}" } : port)] };
    }

    /// <summary>The same Service with one more frontend at its first port.</summary>
    internal static ServicePlan With(ServicePlan plan, Frontend frontend) =>
        plan with { Ports = [.. plan.Ports.Select((port, i) => i == 0 ? port with { Frontends = [.. port.Frontends, frontend] } : port)] };

    /// <summary>The same Service without that frontend.</summary>
    internal static ServicePlan Without(ServicePlan plan, FrontendAddress address) =>
        plan with { Ports = [.. plan.Ports.Select(port => port with { Frontends = [.. port.Frontends.Where(frontend => frontend.Address != address)] })] };

    private ServicePortPlan Port(int service, int port)
    {
        var protocol = random.Next(3) == 0 ? Protocol.Udp : Protocol.Tcp;
        var (inside, outside) = (Policy(), Policy());
        List<Frontend> frontends = [ClusterIP($"10.96.0.{service}:{80 + port}", inside, protocol)];
        if (random.Next(2) == 0)
        {
            frontends.Add(External(FrontendKind.NodePort, $"0.0.0.0:{30000 + 10 * service + port}", outside, protocol));
        }

        if (random.Next(2) == 0)
        {
            frontends.Add(External(FrontendKind.LoadBalancerIP, $"198.51.100.{service}:{80 + port}", outside, protocol));
        }

        var policies = frontends.SelectMany(frontend => new[] { frontend.Internal, frontend.External }).Distinct();
        return new($"port-{port}", protocol, IpFamily.IPv4, [.. frontends], [.. policies.Order().Select(Set)])
        {
            AffinityTimeout = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(1, 86400)) : null,
            Algorithm = (BalancingAlgorithm)random.Next(4),
            DestroysSockets = protocol == Protocol.Udp || random.Next(4) == 0,
            Retained = Backends(2),
            SourceRanges = [.. Enumerable.Range(0, random.Next(3)).Select(i => new IpNetwork(IpAddress.Parse($"10.{i}.0.0"), 16 + random.Next(2)))],
            AdmitsNode = random.Next(2) == 0,
        };
    }

    private BackendSet Set(TrafficPolicy policy)
    {
        var backends = Backends(MostBackends);
        ushort[] layout = backends.IsEmpty || random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, LayoutSlots).Select(slot => (ushort)(slot % backends.Count))];
        return new(policy, backends, (NoBackendVerdict)random.Next(2), [.. layout]);
    }

    // A weight belongs to the backend, whichever set has it.
    private ValueArray<Backend> Backends(int most) =>
        [.. Enumerable.Range(1, most).Where(_ => random.Next(2) == 0).Select(i => new Backend(IpAddress.Parse($"10.0.1.{i}"), 8080, Weight: (ushort)i))];

    private TrafficPolicy Policy() => (TrafficPolicy)random.Next(2);
}
