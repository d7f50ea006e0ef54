using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.ApiServer.Input;

/// <summary>Reads Kubernetes objects out of YAML, or of JSON, which is YAML too; lists are taken apart.</summary>
internal static class ManifestReader
{
    /// <exception cref="YamlException">The text is no YAML.</exception>
    /// <exception cref="ArgumentException">An object is of a kind that is not served.</exception>
    public static IEnumerable<(ApiResource Resource, JsonObject Body)> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        foreach (var document in stream.Documents)
        {
            if (ToJson(document.RootNode) is JsonObject body)
            {
                foreach (var item in Items(body))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>The kind of an object, or of the items of a typed list.</summary>
    public static ApiResource ResourceOf(string kind) =>
        ApiResource.All.FirstOrDefault(r => r.Kind == kind) ?? throw new ArgumentException($"the kind {kind} is not served");

    private static List<(ApiResource Resource, JsonObject Body)> Items(JsonObject body)
    {
        var kind = (string?)body["kind"] ?? "";
        if (!kind.EndsWith("List", StringComparison.Ordinal))
        {
            return [(ResourceOf(kind), body)];
        }

        var itemKind = kind[..^"List".Length];
        return body["items"]!.AsArray().Select(i => i!.DeepClone().AsObject())
            .Select(i => (ResourceOf(itemKind.Length > 0 ? itemKind : (string)i["kind"]!), i)).ToList();
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(
            map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
