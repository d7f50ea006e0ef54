using System.Text.Json;
using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>One state of one object, with both of its encodings: lists of many thousands are made of these bytes.</summary>
internal sealed class StoredObject
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private byte[]? _proto;

    private StoredObject(ApiResource resource, string ns, string name, long version, JsonElement root, byte[] json)
    {
        Resource = resource;
        Namespace = ns;
        Name = name;
        Key = KeyOf(resource, ns, name);
        Version = version;
        Json = json;
        Labels = LabelsOf(root);
        (ClusterIp, ServiceType) = root.TryGetProperty("spec", out var spec) && spec.ValueKind == JsonValueKind.Object
            ? (TextOf(spec, "clusterIP"), TextOf(spec, "type"))
            : ("", "");
    }

    public ApiResource Resource { get; }

    /// <summary>Empty where the kind has none.</summary>
    public string Namespace { get; }

    public string Name { get; }

    /// <summary>What lists are sorted by: <c>namespace/name</c>, or the name alone.</summary>
    public string Key { get; }

    public long Version { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public string ClusterIp { get; }

    public string ServiceType { get; }

    /// <summary>The object as JSON, without <c>kind</c> and <c>apiVersion</c>, as the items of a list are.</summary>
    public byte[] Json { get; }

    /// <summary>The bare protobuf message.</summary>
    public byte[] Proto => _proto ??= Encode();

    public static string KeyOf(ApiResource resource, string ns, string name) => resource.Namespaced ? $"{ns}/{name}" : name;

    /// <summary>Takes over a body whose metadata is complete; the version in it is written here.</summary>
    public static StoredObject From(ApiResource resource, JsonObject body, long version)
    {
        body.Remove("kind");
        body.Remove("apiVersion");
        var metadata = body["metadata"]!.AsObject();
        metadata["resourceVersion"] = Invariant.Text(version);
        return FromJson(resource, JsonText.ToUtf8(body), version);
    }

    /// <summary>Takes over finished JSON, which has no <c>kind</c> and <c>apiVersion</c> and holds this version.</summary>
    public static StoredObject FromJson(ApiResource resource, byte[] json, long version)
    {
        using var document = JsonDocument.Parse(json);
        var metadata = document.RootElement.GetProperty("metadata");
        var ns = resource.Namespaced ? TextOf(metadata, "namespace") : "";
        return new StoredObject(resource, ns, TextOf(metadata, "name"), version, document.RootElement, json);
    }

    public JsonObject ToBody() => JsonNode.Parse(Json)!.AsObject();

    /// <summary>The same state under another version, as events about its end carry it.</summary>
    public StoredObject WithVersion(long version) => From(Resource, ToBody(), version);

    private byte[] Encode()
    {
        using var document = JsonDocument.Parse(Json);
        return ProtoEncoder.Encode(ProtoSchemas.For(Resource), document.RootElement);
    }

    private static Dictionary<string, string>? NonEmpty(Dictionary<string, string> labels) => labels.Count == 0 ? null : labels;

    private static IReadOnlyDictionary<string, string> LabelsOf(JsonElement root) =>
        root.GetProperty("metadata").TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            ? NonEmpty(labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString() ?? "")) ?? NoLabels
            : NoLabels;

    private static string TextOf(JsonElement owner, string property) =>
        owner.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
