using KubeProxyNext.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>One object of a file, as YAML (which JSON is, too).</summary>
/// <param name="ApiVersion">Empty where it does not say.</param>
/// <param name="Kind">Empty where it does not say.</param>
internal sealed record Manifest(string ApiVersion, string Kind, YamlMappingNode Root)
{
    private const string ListSuffix = "List";

    /// <summary>As the manifest says; parts that it lacks are empty.</summary>
    public ObjectName Name => Find(Root, "metadata") is YamlMappingNode metadata
        ? new(TextOf(metadata, "namespace"), TextOf(metadata, "name"))
        : new("", "");

    /// <summary>The object, or the items of a list of objects; items of a typed list need not say their kind.</summary>
    public static IEnumerable<Manifest> AllIn(YamlNode node) => AllIn(node, "", "", new(ReferenceEqualityComparer.Instance));

    // By aliases, lists can hold others many times over, and themselves: each is looked through once.
    private static IEnumerable<Manifest> AllIn(YamlNode node, string apiVersion, string kind, HashSet<YamlNode> seen)
    {
        if (node is not YamlMappingNode root)
        {
            // An empty document is nothing; anything else that is no mapping is of no kind.
            return node is YamlScalarNode ? [] : [new("", node.NodeType.ToString(), new YamlMappingNode())];
        }

        var manifest = new Manifest(OrElse(TextOf(root, "apiVersion"), apiVersion), OrElse(TextOf(root, "kind"), kind), root);
        if (!manifest.Kind.EndsWith(ListSuffix, StringComparison.Ordinal) || Find(root, "items") is not YamlSequenceNode items)
        {
            return [manifest];
        }

        var itemKind = manifest.Kind[..^ListSuffix.Length];
        return !seen.Add(items) ? [] : items.SelectMany(item => AllIn(item, itemKind.Length > 0 ? manifest.ApiVersion : "", itemKind, seen));
    }

    /// <summary>The same object, in the namespace <c>default</c> where it names none; as kubectl has it.</summary>
    public Manifest InNamespace()
    {
        if (Find(Root, "metadata") is YamlMappingNode metadata && TextOf(metadata, "namespace").Length == 0)
        {
            metadata.Children[new YamlScalarNode("namespace")] = new YamlScalarNode("default");
        }

        return this;
    }

    /// <summary>The same slice, its ports named <c>""</c> where they have no name; as the API server has it.</summary>
    public Manifest WithPortNames()
    {
        foreach (var port in (Find(Root, "ports") as YamlSequenceNode)?.Children.OfType<YamlMappingNode>() ?? [])
        {
            port.Children.TryAdd(new YamlScalarNode("name"), new YamlScalarNode("") { Style = ScalarStyle.DoubleQuoted });
        }

        return this;
    }

    /// <summary>The line of a field such as <c>spec.ports[0].port</c>, or of the nearest thing around it that is there.</summary>
    public long LineOf(string field)
    {
        YamlNode node = Root;
        foreach (var step in field.Split('.', '[').Select(step => step.TrimEnd(']')))
        {
            var next = node is YamlSequenceNode list && int.TryParse(step, out var index) && index < list.Children.Count
                ? list.Children[index]
                : Find(node, step);
            if (next is null)
            {
                break;
            }

            node = next;
        }

        return node.Start.Line;
    }

    private static YamlNode? Find(YamlNode node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string TextOf(YamlMappingNode node, string key) => (Find(node, key) as YamlScalarNode)?.Value ?? "";

    private static string OrElse(string text, string other) => text.Length > 0 ? text : other;
}
