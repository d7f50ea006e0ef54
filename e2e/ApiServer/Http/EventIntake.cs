using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>
/// Takes Events of events.k8s.io/v1 with the checks of the real server's validation; it reads and answers JSON, whatever else is accepted.
/// </summary>
internal sealed class EventIntake(ArrivalLog<PostedEvent> events)
{
    private static readonly (string Field, int Longest)[] Required =
    [
        ("eventTime", int.MaxValue), ("reportingController", int.MaxValue), ("reportingInstance", 128), ("action", 128), ("reason", 128),
    ];

    /// <exception cref="StatusException">The Event is refused.</exception>
    public async Task CreateAsync(HttpContext context, Route route, CancellationToken cancellation)
    {
        var body = await ReadAsync(context, cancellation);
        var name = (string?)body["metadata"]?["name"] ?? "";
        Validate(route, name, body);
        if (events.Count(posted => posted.Key == $"{route.Namespace}/{name}") > 0)
        {
            throw new StatusException(new(409, "AlreadyExists", $"events.events.k8s.io \"{name}\" already exists"));
        }

        events.Add(number => new(number, $"{route.Namespace}/{name}", body));
        context.Response.StatusCode = 201;
        await Answers.BytesAsync(context, BodyFormat.Json, JsonText.ToUtf8(body));
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: cancellation) as JsonObject
                ?? throw new StatusException(ApiStatusBody.BadRequest("the object provided is unrecognized"));
        }
        catch (JsonException e)
        {
            throw new StatusException(ApiStatusBody.BadRequest($"the object provided is unrecognized: {e.Message}"));
        }
    }

    private static void Validate(Route route, string name, JsonObject body)
    {
        Check(name, "metadata.name", name.Length > 0, "Required value");
        Check(name, "metadata.namespace", (string?)body["metadata"]?["namespace"] == route.Namespace, "does not match the request");
        Check(name, "involvedObject.namespace", ((string?)body["regarding"]?["namespace"] ?? "default") == route.Namespace, "does not match event.namespace");
        foreach (var (field, longest) in Required)
        {
            var length = LengthOf(body, field);
            Check(name, field, length > 0, "Required value");
            Check(name, field, length <= longest, $"can have at most {longest} characters");
        }

        Check(name, "note", LengthOf(body, "note") <= 1024, "can have at most 1024 characters");
        Check(name, "type", (string?)body["type"] is "Normal" or "Warning", "must be one of: Normal, Warning");
    }

    private static int LengthOf(JsonObject body, string field) => Encoding.UTF8.GetByteCount((string?)body[field] ?? "");

    private static void Check(string name, string field, bool holds, string message)
    {
        if (!holds)
        {
            throw new StatusException(new(422, "Invalid", $"Event.events.k8s.io \"{name}\" is invalid: {field}: {message}"));
        }
    }
}
