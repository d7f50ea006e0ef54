using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Yaml;

/// <summary>Makes trees of YAML texts that anybody may have written.</summary>
internal static class GuardedYaml
{
    /// <exception cref="YamlException">The text is no YAML, or <see cref="GuardedParser"/> refuses it.</exception>
    public static YamlStream Load(TextReader text)
    {
        var parser = new GuardedParser(new Parser(text));
        var yaml = new YamlStream();
        try
        {
            yaml.Load(parser);
        }
        catch (Exception e) when (e is not (YamlException or IOException))
        {
            // Of some broken texts the parser makes events in an order that no tree has: that is met with whatever it happens to be.
            var at = parser.Current?.Start ?? Mark.Empty;
            throw new YamlException(at, at, e.Message, e);
        }

        return yaml;
    }
}
