using KubeProxyNext.Cluster.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>One kubeconfig file, its lists turned into tables by name.</summary>
internal sealed class KubeConfigFile
{
    private KubeConfigFile(YamlSection root)
    {
        CurrentContext = root.Text("current-context");
        Clusters = ByName(root, "clusters", "cluster");
        Users = ByName(root, "users", "user");
        Contexts = ByName(root, "contexts", "context");
    }

    public string? CurrentContext { get; }

    public Dictionary<string, YamlSection> Clusters { get; }

    public Dictionary<string, YamlSection> Users { get; }

    public Dictionary<string, YamlSection> Contexts { get; }

    /// <param name="path">Absolute, since the paths inside are relative to its folder.</param>
    /// <exception cref="ApiConfigException">The file cannot be read or is no kubeconfig.</exception>
    public static KubeConfigFile Load(string path)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(BoundedFile.Read(path)));
            var yaml = GuardedYaml.Load(reader);
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? new(new YamlSection(path, path, root))
                : throw new ApiConfigException($"{path} is not a kubeconfig: it should hold one YAML mapping");
        }
        catch (YamlException e)
        {
            throw new ApiConfigException($"{path}:{e.Start.Line}: not valid YAML: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigException($"cannot read the kubeconfig {path}: {e.Message}", e);
        }
    }

    private static Dictionary<string, YamlSection> ByName(YamlSection root, string list, string kind)
    {
        var byName = new Dictionary<string, YamlSection>();
        foreach (var entry in root.Sections(list))
        {
            var name = entry.Text("name") ?? throw entry.Fault("name", $"is missing in an entry of {list}");
            if (entry.Section(kind, $"{kind} \"{name}\" in {root.File}") is { } section)
            {
                byName.TryAdd(name, section);
            }
        }

        return byName;
    }
}
