using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Manifests;

/// <summary>Reads YAML as Kubernetes does, which is as JSON; what some readers take for a boolean and others for text is refused.</summary>
public static class YamlFile
{
    private static readonly HashSet<string> Doubtful =
        new(["y", "n", "yes", "no", "on", "off"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The documents of a file that are not empty.</summary>
    public static IReadOnlyList<JsonNode> Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>The documents of a text that are not empty.</summary>
    /// <param name="title">What to call it in complaints.</param>
    public static IReadOnlyList<JsonNode> Parse(string text, string title)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new ManifestException($"{title}:{error.Start.Line}: {error.Message}");
        }

        return [.. stream.Documents.Select(document => Convert(document.RootNode, title)).OfType<JsonNode>()];
    }

    private static JsonNode? Convert(YamlNode node, string title) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value, title)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(child => Convert(child, title))]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ConvertPlain(scalar, title),
        _ => JsonValue.Create(((YamlScalarNode)node).Value ?? ""),
    };

    private static JsonValue? ConvertPlain(YamlScalarNode scalar, string title)
    {
        var text = scalar.Value ?? "";
        return text switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when Doubtful.Contains(text) => throw new ManifestException($"{title}:{scalar.Start.Line}: '{text}' must be in quotes, or true or false"),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
