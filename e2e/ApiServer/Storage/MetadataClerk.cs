using System.Globalization;
using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>Fills in what the server gives to each object: namespace, uid, age, generation.</summary>
internal sealed class MetadataClerk(TimeProvider time)
{
    private long _uids;

    /// <summary>The object's key; a missing namespace becomes <c>default</c>.</summary>
    /// <exception cref="ArgumentException">The object has no name.</exception>
    public static string Name(ApiResource resource, JsonObject body)
    {
        var metadata = body["metadata"] as JsonObject ?? throw new ArgumentException($"{resource.Kind} without metadata");
        var name = (string?)metadata["name"] ?? throw new ArgumentException($"{resource.Kind} without metadata.name");
        if (resource.Namespaced)
        {
            metadata["namespace"] ??= "default";
        }

        return StoredObject.KeyOf(resource, (string?)metadata["namespace"] ?? "", name);
    }

    /// <returns>False where the object is the same as the one before.</returns>
    public bool Complete(ApiResource resource, JsonObject body, StoredObject? before)
    {
        var old = before?.ToBody();
        var oldMetadata = old?["metadata"]!.AsObject();
        var metadata = body["metadata"]!.AsObject();
        body.Remove("kind");
        body.Remove("apiVersion");
        metadata["uid"] ??= (string?)oldMetadata?["uid"] ?? NextUid();
        metadata["creationTimestamp"] ??= (string?)oldMetadata?["creationTimestamp"] ?? Now();
        metadata["resourceVersion"] = (string?)oldMetadata?["resourceVersion"];
        KeepGeneration(metadata, oldMetadata);
        if (old is not null && JsonNode.DeepEquals(old, body))
        {
            return false;
        }

        // Of the kinds here, only slices count their generations.
        if (resource == ApiResource.EndpointSlices)
        {
            metadata["generation"] = ((long?)oldMetadata?["generation"] ?? 0) + 1;
        }

        return true;
    }

    private static void KeepGeneration(JsonObject metadata, JsonObject? oldMetadata)
    {
        metadata.Remove("generation");
        if (oldMetadata?["generation"] is { } generation)
        {
            metadata["generation"] = generation.DeepClone();
        }
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string NextUid() => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{++_uids:x12}");
}
