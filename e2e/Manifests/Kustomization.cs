using System.Text.Json.Nodes;

namespace KubeProxyNext.Manifests;

/// <summary>
/// The objects of a folder with a <c>kustomization.yaml</c>, as <c>kubectl kustomize</c> makes them. It knows <c>resources</c>, and <c>patches</c>
/// that replace, which is what ours have: all else is refused.
/// </summary>
public static class Kustomization
{
    private static readonly string[] Known = ["apiVersion", "kind", "resources", "patches"];

    /// <summary>Reads the folder, and those that it builds on.</summary>
    /// <exception cref="ManifestException">Something is not there, or not known.</exception>
    public static IReadOnlyList<JsonObject> Render(string folder)
    {
        var path = Path.Combine(folder, "kustomization.yaml");
        var kustomization = YamlFile.Read(path).Single().AsObject();
        if (kustomization.Select(pair => pair.Key).Except(Known).FirstOrDefault() is { } unknown)
        {
            throw new ManifestException($"{path}: {unknown} is not known here");
        }

        var objects = kustomization["resources"]!.AsArray().SelectMany(name => Resource(Path.Combine(folder, $"{name}"))).ToList();
        foreach (var patch in kustomization["patches"]?.AsArray() ?? [])
        {
            Patch(Target(objects, patch!["target"]!, path), $"{patch["patch"]}", path);
        }

        return objects;
    }

    private static IEnumerable<JsonObject> Resource(string path) =>
        Directory.Exists(path) ? Render(path) : YamlFile.Read(path).Select(document => document.AsObject());

    private static JsonObject Target(List<JsonObject> objects, JsonNode target, string path)
    {
        var found = objects.Where(one => $"{one["kind"]}" == $"{target["kind"]}" && $"{one["metadata"]!["name"]}" == $"{target["name"]}").ToList();
        return found.Count == 1 ? found[0] : throw new ManifestException($"{path}: {found.Count} objects are {target.ToJsonString()}");
    }

    private static void Patch(JsonObject target, string patch, string path)
    {
        foreach (var operation in YamlFile.Parse(patch, path).Single().AsArray())
        {
            if ($"{operation!["op"]}" != "replace")
            {
                throw new ManifestException($"{path}: {operation["op"]} is not known here");
            }

            var steps = $"{operation["path"]}".Split('/')[1..];
            var parent = steps[..^1].Aggregate((JsonNode)target, (node, step) => Step(node, step, path));
            _ = Step(parent, steps[^1], path);
            Set(parent, steps[^1], operation["value"]?.DeepClone());
        }
    }

    private static JsonNode Step(JsonNode node, string step, string path) =>
        (node is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : node[step])
        ?? throw new ManifestException($"{path}: there is no {step} at {node.GetPath()}");

    private static void Set(JsonNode parent, string step, JsonNode? value)
    {
        if (parent is JsonArray list)
        {
            list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            parent[step] = value;
        }
    }
}
