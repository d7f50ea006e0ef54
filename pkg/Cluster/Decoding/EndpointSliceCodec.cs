using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Pb = KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>EndpointSlices (behaviour 1.1, 1.3 to 1.5 and 3.1).</summary>
internal sealed class EndpointSliceCodec(IProblemSink problems, StringPool pool)
    : ResourceCodec<EndpointSlice, Pb.EndpointSlice>("EndpointSlice", Pb.EndpointSlice.Parser, problems, pool)
{
    private const string Headless = "service.kubernetes.io/headless";
    private const string ServiceName = "kubernetes.io/service-name";

    public override string Resource => "endpointslices";

    public override string Path => "/apis/discovery.k8s.io/v1/endpointslices";

    public override string Selectors { get; } = $"labelSelector={Uri.EscapeDataString($"!{Headless}")}";

    protected override Pb.ObjectMeta? MetadataOf(Pb.EndpointSlice message) => message.Metadata;

    protected override bool IsAbsent(Pb.EndpointSlice message, Pb.ObjectMeta metadata, FieldReader fields)
    {
        if (metadata.Labels.ContainsKey(Headless) || ServiceOf(metadata).Length == 0)
        {
            return true;
        }

        if (!fields.IsShort(ServiceOf(metadata), ObjectLimits.Name, "metadata.labels"))
        {
            return true;
        }

        return message.AddressType is not ("IPv4" or "IPv6")
            && !fields.Refuse("addressType", ProblemReason.BadAddressType, message.AddressType);
    }

    protected override EndpointSlice Map(Pb.EndpointSlice message, Pb.ObjectMeta metadata, FieldReader fields)
    {
        var family = message.AddressType == "IPv4" ? IpFamily.IPv4 : IpFamily.IPv6;
        return new()
        {
            Name = fields.Name,
            Service = new(fields.Name.Namespace, ServiceOf(metadata)),
            Family = family,
            Ports = PortsOf(message, fields),
            Endpoints = EndpointsOf(message, family, fields),
            TriggerTime = Metadata.LastTrigger(metadata),
            Annotations = Metadata.OwnAnnotations(metadata, fields),
        };
    }

    private static string ServiceOf(Pb.ObjectMeta metadata) => metadata.Labels.GetValueOrDefault(ServiceName, "");

    private ValueArray<SlicePort> PortsOf(Pb.EndpointSlice message, FieldReader fields)
    {
        var ports = new List<SlicePort>(message.Ports.Count);
        for (var i = 0; i < message.Ports.Count; i++)
        {
            if (TryPort(message.Ports[i], i, fields, out var port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private bool TryPort(Pb.EndpointPort message, int index, FieldReader fields, out SlicePort port)
    {
        port = default;
        if (!message.HasName)
        {
            return fields.Refuse($"ports[{index}].name", ProblemReason.MissingPortName, "");
        }

        if (!message.HasPort)
        {
            return fields.Refuse($"ports[{index}].port", ProblemReason.MissingPort, "");
        }

        if (!FieldReader.IsPort(message.Port))
        {
            return fields.Refuse($"ports[{index}].port", ProblemReason.BadPort, $"{message.Port}");
        }

        if (!FieldReader.TryProtocol(message.Protocol, out var protocol))
        {
            return fields.Refuse($"ports[{index}].protocol", ProblemReason.BadProtocol, message.Protocol);
        }

        if (message.Name.Length > ObjectLimits.PortName)
        {
            return fields.Refuse($"ports[{index}].name", ProblemReason.TooLong, $"{message.Name.Length}");
        }

        port = new(Pool.Intern(message.Name), protocol, (ushort)message.Port);
        return true;
    }

    private ValueArray<Endpoint> EndpointsOf(Pb.EndpointSlice message, IpFamily family, FieldReader fields)
    {
        var endpoints = new List<Endpoint>(message.Endpoints.Count);
        for (var i = 0; i < message.Endpoints.Count; i++)
        {
            if (TryAddress(message.Endpoints[i], i, family, fields, out var ip))
            {
                endpoints.Add(EndpointOf(message.Endpoints[i], ip));
            }
        }

        return [.. endpoints];
    }

    private static bool TryAddress(Pb.Endpoint message, int index, IpFamily family, FieldReader fields, out IpAddress ip)
    {
        ip = default;
        if (message.Addresses.Count == 0)
        {
            return fields.Refuse($"endpoints[{index}].addresses", ProblemReason.MissingAddress, "");
        }

        var text = message.Addresses[0];
        if (!IpAddress.TryParse(text, out ip))
        {
            return fields.Refuse($"endpoints[{index}].addresses[0]", ProblemReason.BadAddress, text);
        }

        return ip.Family == family || fields.Refuse($"endpoints[{index}].addresses[0]", ProblemReason.WrongFamily, text);
    }

    private Endpoint EndpointOf(Pb.Endpoint message, IpAddress ip) => new(
        ip,
        ConditionsOf(message.Conditions),
        message.NodeName.Length > 0 ? Pool.Intern(message.NodeName) : null,
        HintsOf(message.Hints?.ForZones, static zone => zone.Name),
        HintsOf(message.Hints?.ForNodes, static node => node.Name));

    // What is not said is true, save for terminating; serving does not follow ready (behaviour 3.1).
    private static EndpointConditions ConditionsOf(Pb.EndpointConditions? message)
    {
        const EndpointConditions Default = EndpointConditions.Ready | EndpointConditions.Serving;
        if (message is null)
        {
            return Default;
        }

        return (message.HasReady && !message.Ready ? 0 : EndpointConditions.Ready)
            | (message.HasServing && !message.Serving ? 0 : EndpointConditions.Serving)
            | (message.Terminating ? EndpointConditions.Terminating : 0);
    }

    private ValueArray<string> HintsOf<THint>(IReadOnlyList<THint>? hints, Func<THint, string> nameOf)
    {
        if (hints is null or { Count: 0 })
        {
            return [];
        }

        var names = new string[hints.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Pool.Intern(nameOf(hints[i]));
        }

        return [.. names];
    }
}
