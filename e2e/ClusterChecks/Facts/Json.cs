using System.Text.Json;
using System.Text.Json.Nodes;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Facts;

/// <summary>What the tools say as JSON.</summary>
internal static class Json
{
    /// <exception cref="LabException">It is none.</exception>
    public static JsonNode Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text)!;
        }
        catch (JsonException error)
        {
            throw new LabException($"JSON was asked for, and this came: {text} ({error.Message})");
        }
    }

    /// <summary>The objects of a list that kubectl printed.</summary>
    public static IEnumerable<JsonNode> Items(string text) => Parse(text)["items"]!.AsArray().Select(item => item!);
}
