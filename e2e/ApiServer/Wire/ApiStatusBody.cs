using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>A <c>meta.v1.Status</c> that says no, with the texts of the real server.</summary>
internal sealed record ApiStatusBody(int Code, string Reason, string Message)
{
    public static readonly ApiStatusBody Unauthorized = new(401, "Unauthorized", "Unauthorized");

    public static readonly ApiStatusBody NotAcceptable = new(
        406, "NotAcceptable", "only the following media types are accepted: application/json");

    /// <summary>Null where there are none.</summary>
    public JsonObject? Details { get; init; }

    /// <summary>A token to go on with all the same; empty where there is none.</summary>
    public string Continue { get; init; } = "";

    public static ApiStatusBody TooOld(long asked, long current) =>
        new(410, "Expired", $"too old resource version: {asked} ({current})");

    public static ApiStatusBody BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatusBody NotFound(ApiResource resource, string name) =>
        new(404, "NotFound", $"{Qualified(resource)} \"{name}\" not found") { Details = About(resource, name) };

    public static ApiStatusBody Forbidden(ApiResource resource, string user, string verb, string ns)
    {
        var scope = ns.Length == 0 ? "at the cluster scope" : $"in the namespace \"{ns}\"";
        var message = $"{Qualified(resource)} is forbidden: User \"{user}\" cannot {verb} resource \"{resource.Plural}\" "
            + $"in API group \"{resource.Group}\" {scope}";
        return new(403, "Forbidden", message) { Details = About(resource, "") };
    }

    public static ApiStatusBody TooLargeVersion(long asked, long current) =>
        new(504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}")
        {
            Details = new()
            {
                ["causes"] = new JsonArray(
                    new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
                ["retryAfterSeconds"] = 1,
            },
        };

    /// <summary>A parameter of a list or watch that the server will not have.</summary>
    public static ApiStatusBody InvalidListOption(string field, string message) =>
        new(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {field}: Forbidden: {message}")
        {
            Details = new()
            {
                ["group"] = "meta.k8s.io",
                ["kind"] = "ListOptions",
                ["causes"] = new JsonArray(
                    new JsonObject { ["reason"] = "FieldValueForbidden", ["message"] = $"Forbidden: {message}", ["field"] = field }),
            },
        };

    /// <summary>The whole object, as a body or inside an ERROR event.</summary>
    public byte[] ToJson() => JsonText.ToUtf8(ToNode());

    /// <summary>The bare message.</summary>
    public byte[] ToProto()
    {
        using var document = JsonDocument.Parse(ToJson());
        return ProtoEncoder.Encode(ProtoSchemas.Status, document.RootElement);
    }

    private JsonObject ToNode()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Continue.Length == 0 ? new JsonObject() : new JsonObject { ["continue"] = Continue },
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        if (Details is { } details)
        {
            status["details"] = details.DeepClone();
        }

        status["code"] = Code;
        return status;
    }

    private static string Qualified(ApiResource resource) =>
        resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}";

    private static JsonObject About(ApiResource resource, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }

        details["kind"] = resource.Plural;
        return details;
    }
}
