using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>Events of a watch as they stand on the wire: a line of JSON, or a frame of protobuf.</summary>
internal sealed class EventEncoder(ApiResource resource, BodyFormat format)
{
    public byte[] Object(string type, StoredObject item) => format == BodyFormat.Protobuf
        ? ProtoEnvelope.Frame(type, resource.ApiVersion, resource.Kind, item.Proto)
        : Line(type, item.Json);

    public byte[] Bookmark(long version, bool endsInitialEvents)
    {
        var json = JsonText.ToUtf8(BookmarkBody(version, endsInitialEvents));
        if (format == BodyFormat.Json)
        {
            return Line("BOOKMARK", json);
        }

        using var document = JsonDocument.Parse(json);
        var message = ProtoEncoder.Encode(ProtoSchemas.For(resource), document.RootElement);
        return ProtoEnvelope.Frame("BOOKMARK", resource.ApiVersion, resource.Kind, message);
    }

    public byte[] Error(ApiStatusBody status) => format == BodyFormat.Protobuf
        ? ProtoEnvelope.Frame("ERROR", "v1", "Status", status.ToProto())
        : [.. """{"type":"ERROR","object":"""u8, .. status.ToJson(), .. "}\n"u8];

    public byte[] Noise(byte[] content) => format == BodyFormat.Protobuf ? ProtoEnvelope.Frame(content) : [.. content, (byte)'\n'];

    /// <summary>What a single object starts with; the members of the stored JSON follow.</summary>
    public static byte[] TypedHead(ApiResource resource) =>
        Encoding.UTF8.GetBytes($$"""{"kind":"{{resource.Kind}}","apiVersion":"{{resource.ApiVersion}}",""");

    private byte[] Line(string type, ReadOnlySpan<byte> json)
    {
        var head = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":""");
        return [.. head, .. TypedHead(resource), .. json[1..], .. "}\n"u8];
    }

    /// <summary>The empty object of the kind, as Go prints it: absent arrays of a slice are null.</summary>
    private JsonObject BookmarkBody(long version, bool endsInitialEvents)
    {
        var metadata = new JsonObject { ["resourceVersion"] = Invariant.Text(version) };
        if (endsInitialEvents)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var body = new JsonObject { ["metadata"] = metadata };
        if (resource == ApiResource.EndpointSlices)
        {
            (body["addressType"], body["endpoints"], body["ports"]) = ("", null, null);
            return body;
        }

        body["spec"] = new JsonObject();
        body["status"] = resource == ApiResource.Services ? new JsonObject { ["loadBalancer"] = new JsonObject() } : new JsonObject();
        return body;
    }
}
