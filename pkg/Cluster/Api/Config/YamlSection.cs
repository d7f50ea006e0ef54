using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>A mapping of a YAML file that knows where it stands, so that every complaint names file, line and key.</summary>
internal sealed class YamlSection(string file, string title, YamlMappingNode node)
{
    public string File => file;

    /// <summary>What a person would call it: <c>user "me" in /etc/proxy.conf</c>.</summary>
    public string Title => title;

    public YamlMappingNode Node => node;

    /// <summary>The scalar under the key; null where it is missing, null or empty.</summary>
    public string? Text(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value is YamlScalarNode scalar
            ? string.IsNullOrEmpty(scalar.Value) ? null : scalar.Value
            : throw Fault(key, value, "should be a single value");
    }

    public bool Flag(string key) => Text(key) switch
    {
        null or "false" or "False" or "FALSE" => false,
        "true" or "True" or "TRUE" => true,
        var other => throw Fault(key, node, $"should be true or false, not '{other}'"),
    };

    public YamlSection? Section(string key, string? called = null)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value is YamlMappingNode mapping
            ? new(file, called ?? $"{key} of {title}", mapping)
            : throw Fault(key, value, "should be a mapping");
    }

    public IEnumerable<YamlSection> Sections(string key) => Elements(key).Select(element =>
        element is YamlMappingNode mapping ? new YamlSection(file, $"{key} of {title}", mapping) : throw Fault(key, element, "should hold mappings"));

    public IEnumerable<string> Texts(string key) => Elements(key).Select(element =>
        element is YamlScalarNode scalar ? scalar.Value ?? "" : throw Fault(key, element, "should hold single values"));

    public ApiConfigException Fault(string key, string problem) =>
        Fault(key, TryGet(key, out var value) ? value : node, problem);

    private IEnumerable<YamlNode> Elements(string key)
    {
        if (!TryGet(key, out var value))
        {
            return [];
        }

        return value is YamlSequenceNode sequence ? sequence.Children : throw Fault(key, value, "should be a list");
    }

    private bool TryGet(string key, out YamlNode value) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out value!) && !IsNull(value);

    private static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private ApiConfigException Fault(string key, YamlNode at, string problem) =>
        new($"{file}:{at.Start.Line}: {key} {problem}");
}
