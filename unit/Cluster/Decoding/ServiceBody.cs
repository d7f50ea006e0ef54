using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using KubeProxyNext.Cluster.Protobuf;
using WireFormat = KubeProxyNext.Cluster.Api.WireFormat;

namespace KubeProxyNext.Unit.Cluster.Decoding;

/// <summary>A Service as an API server would write it, were it to have one like that.</summary>
internal sealed record ServiceBody(string Name)
{
    public int AnnotationLength { get; init; }

    public string AnnotationKey { get; init; } = "note";

    public IReadOnlyList<int> Ports { get; init; } = [80];

    public string PortName { get; init; } = "";

    public IReadOnlyList<string> ExternalIPs { get; init; } = [];

    /// <summary>The answer to a list.</summary>
    public static ReadOnlySequence<byte> List(WireFormat format, params ServiceBody[] services) => new(format == WireFormat.Protobuf
        ? Wrap("ServiceList", [.. Field(1, new ListMeta { ResourceVersion = "9" }.ToByteArray()), .. services.SelectMany(service => Field(2, service.ToMessage().ToByteArray()))])
        : Encoding.UTF8.GetBytes($$$"""{"kind":"ServiceList","metadata":{"resourceVersion":"9"},"items":[{{{string.Join(',', services.Select(service => service.ToJson()))}}}]}"""));

    /// <summary>An event of a watch.</summary>
    public ReadOnlySequence<byte> Event(WireFormat format, string type) => new(format == WireFormat.Protobuf
        ? [.. Field(1, Encoding.UTF8.GetBytes(type)), .. Field(2, Field(1, Wrap("Service", ToMessage().ToByteArray())))]
        : Encoding.UTF8.GetBytes($$$"""{"type":"{{{type}}}","object":{{{ToJson()}}}}"""));

    private static byte[] Wrap(string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. new Unknown { TypeMeta = new() { Kind = kind }, Raw = ByteString.CopyFrom(raw) }.ToByteArray()];

    private static byte[] Field(int number, byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var writer = new CodedOutputStream(bytes, leaveOpen: true))
        {
            writer.WriteTag(number, Google.Protobuf.WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(ByteString.CopyFrom(content));
        }

        return bytes.ToArray();
    }

    private Service ToMessage()
    {
        var message = new Service { Metadata = new() { Name = Name, Namespace = "ns", ResourceVersion = "7" }, Spec = new() { ClusterIP = "10.96.0.1" } };
        message.Metadata.Annotations.Add(AnnotationKey, new string('x', AnnotationLength));
        message.Spec.Ports.AddRange(Ports.Select(port => new ServicePort { Name = PortName, Port = port }));
        message.Spec.ExternalIPs.AddRange(ExternalIPs);
        return message;
    }

    private string ToJson() => JsonSerializer.Serialize(new
    {
        kind = "Service",
        metadata = new
        {
            annotations = new Dictionary<string, string> { [AnnotationKey] = new('x', AnnotationLength) },
            name = Name,
            @namespace = "ns",
            resourceVersion = "7",
        },
        spec = new { clusterIP = "10.96.0.1", ports = Ports.Select(port => new { name = PortName, port }), externalIPs = ExternalIPs },
    });
}
