using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Builders;

/// <summary>A Service in the making. Every step gives a new builder, so that a half-made one can be shared.</summary>
public sealed class ServiceBuilder : IClusterItem
{
    private readonly Service _service;

    public ServiceBuilder(ObjectName name)
        : this(new Service { Name = name })
    {
    }

    private ServiceBuilder(Service service) => _service = service;

    /// <summary>Adds a cluster IP and its port, <c>10.96.0.10:80/TCP</c>; said again for more ports or the other family.</summary>
    public ServiceBuilder ClusterIP(string address, string portName = "")
    {
        var (ip, port, protocol) = Text.Address(address);
        var with = ip.Family == IpFamily.IPv4 ? _service with { ClusterIPv4 = ip } : _service with { ClusterIPv6 = ip };
        var servicePort = new ServicePort(portName, protocol, port);
        return with.Ports.Contains(servicePort) ? new(with) : new(with with { Ports = [.. with.Ports, servicePort] });
    }

    /// <summary>Adds a port, whether or not there is one like it.</summary>
    public ServiceBuilder Port(string name, ushort port, Protocol protocol = Protocol.Tcp) =>
        With(service => service with { Ports = [.. service.Ports, new ServicePort(name, protocol, port)] });

    /// <summary>Gives the last port a NodePort.</summary>
    public ServiceBuilder NodePort(ushort nodePort) =>
        With(service => service with { Ports = [.. service.Ports.SkipLast(1), service.Ports[^1] with { NodePort = nodePort }] });

    public ServiceBuilder LoadBalancerIPs(params string[] ips) =>
        With(service => service with { LoadBalancerIPs = [.. ips.Select(ip => IpAddress.Parse(ip))] });

    public ServiceBuilder ExternalIPs(params string[] ips) =>
        With(service => service with { ExternalIPs = [.. ips.Select(ip => IpAddress.Parse(ip))] });

    public ServiceBuilder SourceRanges(params string[] ranges) =>
        With(service => service with { LoadBalancerSourceRanges = [.. ranges.Select(Text.Network)] });

    public ServiceBuilder HealthCheckNodePort(ushort port) => With(service => service with { HealthCheckNodePort = port });

    /// <summary>An annotation under <c>kube-proxy-next.io/</c>.</summary>
    public ServiceBuilder Annotated(string key, string value) =>
        With(service => service with { Annotations = [.. service.Annotations, new($"kube-proxy-next.io/{key}", value)] });

    public ServiceBuilder Internal(TrafficPolicy policy) => With(service => service with { InternalTrafficPolicy = policy });

    public ServiceBuilder External(TrafficPolicy policy) => With(service => service with { ExternalTrafficPolicy = policy });

    public ServiceBuilder Type(ServiceType type) => With(service => service with { Type = type });

    public ServiceBuilder Affinity(int seconds) => With(service => service with { AffinityTimeout = TimeSpan.FromSeconds(seconds) });

    /// <summary>A day of 2026: <c>02-28</c>.</summary>
    public ServiceBuilder Created(string day) =>
        With(service => service with { Created = DateTimeOffset.Parse($"2026-{day}T00:00:00Z") });

    public ServiceBuilder With(Func<Service, Service> change) => new(change(_service));

    public Service Build() => _service;
}
