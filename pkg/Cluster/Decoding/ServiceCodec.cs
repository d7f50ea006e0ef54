using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Pb = KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Services (behaviour 1.1 to 1.5 and 2).</summary>
internal sealed class ServiceCodec(IProblemSink problems, StringPool pool)
    : ResourceCodec<Service, Pb.Service>("Service", Pb.Service.Parser, problems, pool)
{
    private const string ProxyName = "service.kubernetes.io/service-proxy-name";
    private const int DefaultAffinitySeconds = 10800;
    private const int MaxAffinitySeconds = 86400;

    public override string Resource => "services";

    public override string Path => "/api/v1/services";

    public override string Selectors { get; } =
        $"labelSelector={Uri.EscapeDataString($"!{ProxyName}")}&fieldSelector={Uri.EscapeDataString("spec.clusterIP!=None")}";

    protected override Pb.ObjectMeta? MetadataOf(Pb.Service message) => message.Metadata;

    protected override bool IsAbsent(Pb.Service message, Pb.ObjectMeta metadata, FieldReader fields) =>
        metadata.Labels.ContainsKey(ProxyName);

    protected override Service Map(Pb.Service message, Pb.ObjectMeta metadata, FieldReader fields)
    {
        var spec = message.Spec ?? new();
        var addresses = new ServiceAddresses(spec, fields);
        var (v4, v6) = addresses.ClusterIPs();
        return new()
        {
            Name = fields.Name,
            Uid = Metadata.Uid(metadata),
            Created = Metadata.Created(metadata),
            Type = TypeOf(spec.Type, fields),
            ClusterIPv4 = v4,
            ClusterIPv6 = v6,
            Ports = PortsOf(spec, fields),
            InternalTrafficPolicy = fields.Policy(spec.InternalTrafficPolicy, "spec.internalTrafficPolicy"),
            ExternalTrafficPolicy = fields.Policy(spec.ExternalTrafficPolicy, "spec.externalTrafficPolicy"),
            ExternalIPs = addresses.ExternalIPs(),
            LoadBalancerIPs = addresses.LoadBalancerIPs(message.Status?.LoadBalancer),
            LoadBalancerSourceRanges = addresses.SourceRanges(),
            AffinityTimeout = AffinityOf(spec, fields),
            HealthCheckNodePort = HealthCheckPortOf(spec.HealthCheckNodePort, fields),
            Annotations = Metadata.OwnAnnotations(metadata, fields),
        };
    }

    private static ServiceType TypeOf(string text, FieldReader fields)
    {
        switch (text)
        {
            case "" or "ClusterIP":
                return ServiceType.ClusterIP;
            case "NodePort":
                return ServiceType.NodePort;
            case "LoadBalancer":
                return ServiceType.LoadBalancer;
            case "ExternalName":
                return ServiceType.ExternalName;
            default:
                fields.Refuse("spec.type", ProblemReason.BadValue, text);
                return ServiceType.ClusterIP;
        }
    }

    private ValueArray<ServicePort> PortsOf(Pb.ServiceSpec spec, FieldReader fields)
    {
        var ports = new List<ServicePort>(spec.Ports.Count);
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var port = spec.Ports[i];
            if (!FieldReader.IsPort(port.Port))
            {
                fields.Refuse($"spec.ports[{i}].port", ProblemReason.BadPort, $"{port.Port}");
            }
            else if (!FieldReader.TryProtocol(port.Protocol, out var protocol))
            {
                fields.Refuse($"spec.ports[{i}].protocol", ProblemReason.BadProtocol, port.Protocol);
            }
            else if (port.Name.Length <= ObjectLimits.PortName || fields.Refuse($"spec.ports[{i}].name", ProblemReason.TooLong, $"{port.Name.Length}"))
            {
                ports.Add(new(Pool.Intern(port.Name), protocol, (ushort)port.Port, NodePortOf(port.NodePort, i, fields)));
            }
        }

        return [.. ports];
    }

    private static ushort NodePortOf(int number, int index, FieldReader fields) =>
        number == 0 || FieldReader.IsPort(number) || fields.Refuse($"spec.ports[{index}].nodePort", ProblemReason.BadPort, $"{number}")
            ? (ushort)number
            : (ushort)0;

    private static ushort HealthCheckPortOf(int number, FieldReader fields) =>
        number == 0 || FieldReader.IsPort(number) || fields.Refuse("spec.healthCheckNodePort", ProblemReason.BadPort, $"{number}")
            ? (ushort)number
            : (ushort)0;

    private static TimeSpan? AffinityOf(Pb.ServiceSpec spec, FieldReader fields)
    {
        if (spec.SessionAffinity != "ClientIP")
        {
            _ = spec.SessionAffinity is "" or "None"
                || fields.Refuse("spec.sessionAffinity", ProblemReason.BadValue, spec.SessionAffinity);
            return null;
        }

        var client = spec.SessionAffinityConfig?.ClientIP;
        var seconds = client is { HasTimeoutSeconds: true } ? client.TimeoutSeconds : DefaultAffinitySeconds;
        if (seconds is <= 0 or > MaxAffinitySeconds)
        {
            fields.Refuse("spec.sessionAffinityConfig.clientIP.timeoutSeconds", ProblemReason.BadValue, $"{seconds}");
            seconds = DefaultAffinitySeconds;
        }

        return TimeSpan.FromSeconds(seconds);
    }
}
