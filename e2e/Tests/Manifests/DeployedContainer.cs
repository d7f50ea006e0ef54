using System.Text.Json.Nodes;
using KubeProxyNext.EndToEnd.Image;
using KubeProxyNext.Manifests;

namespace KubeProxyNext.EndToEnd.Manifests;

/// <summary>What the kubelet of a node would start of an overlay's DaemonSet.</summary>
/// <param name="account">The folder with the service account's files.</param>
internal sealed class DeployedContainer(string overlay, UnpackedImage image, Node node, string account)
{
    /// <summary>Where a pod finds the files of its service account.</summary>
    public const string Account = "/run/secrets/kubernetes.io/serviceaccount";

    private readonly IReadOnlyList<JsonObject> _objects =
        Kustomization.Render(Path.Combine(Binary.RepositoryRoot, "manifests/overlays", overlay));

    /// <summary>Where the files of ConfigMaps are, each in a folder of its name; those of the overlay are written there.</summary>
    public string ConfigMaps { get; init; } = Path.GetDirectoryName(account)!;

    /// <summary>Stands in for the variables of the manifest.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the ClusterRole permits, each as <c>list services</c>, <c>create events.events.k8s.io</c>.</summary>
    public IEnumerable<string> Permitted =>
        from rule in Single("ClusterRole")["rules"]!.AsArray()
        from verb in rule["verbs"]!.AsArray()
        from resource in rule["resources"]!.AsArray()
        from api in rule["apiGroups"]!.AsArray()
        select Permission($"{verb}", $"{resource}", $"{api}");

    private JsonNode Pod => Single("DaemonSet")["spec"]!["template"]!["spec"]!;

    private JsonNode Main => Pod["containers"]![0]!;

    public static string Permission(string verb, string resource, string api) => $"{verb} {resource}{(api.Length > 0 ? $".{api}" : "")}";

    /// <param name="without">A capability that is kept back.</param>
    public Container Prepare(params string[] without)
    {
        foreach (var map in _objects.Where(one => $"{one["kind"]}" == "ConfigMap"))
        {
            WriteConfigMap($"{map["metadata"]!["name"]}", map["data"]!.AsObject().Select(file => (file.Key, $"{file.Value}")));
        }

        return new(image, node)
        {
            Mounts = [.. MountsOf(Main), (account, Account)],
            Environment = Main["env"]!.AsArray().ToDictionary(one => $"{one!["name"]}", one => Environment.GetValueOrDefault($"{one!["name"]}") ?? Value(one!)),
            Capabilities = [.. Main["securityContext"]!["capabilities"]!["add"]!.AsArray().Select(one => $"{one}").Except(without)],
        };
    }

    /// <summary>Starts it; only what the laboratory has of its own, as others are on this machine, is not as in the manifest.</summary>
    public LabProcess Start(params string[] without) => Start([], without);

    /// <summary>The same with more arguments than the manifest has.</summary>
    public LabProcess Start(IReadOnlyList<string> more, params string[] without) => Prepare(without).Start(
        [.. Main["args"]!.AsArray().Select(argument => $"{argument}".Replace("$(NODE_NAME)", node.Name, StringComparison.Ordinal)),
            "--cgroup", node.NodeCgroup, "--bpffs", node.BpfFolder, .. more]);

    /// <summary>Runs what comes before it, which is privileged.</summary>
    public Task<ProcessResult> RunInitAsync()
    {
        var init = Pod["initContainers"]!.AsArray().Single()!;
        return new Container(image, node) { Mounts = MountsOf(init) }.RunAsync([.. init["args"]!.AsArray().Select(argument => $"{argument}")]);
    }

    /// <summary>Writes what the kubelet would of a ConfigMap.</summary>
    public void WriteConfigMap(string name, IEnumerable<(string Name, string Text)> files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(ConfigMaps, name)).FullName;
        foreach (var (file, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, file), text);
        }
    }

    private IReadOnlyList<(string Source, string Target)> MountsOf(JsonNode container) =>
        [.. container["volumeMounts"]!.AsArray().Select(mount => (SourceOf($"{mount!["name"]}"), $"{mount["mountPath"]}"))];

    private string SourceOf(string name)
    {
        var volume = Pod["volumes"]!.AsArray().Single(volume => $"{volume!["name"]}" == name)!;
        return volume["hostPath"] is { } host ? $"{host["path"]}" : Path.Combine(ConfigMaps, $"{volume["configMap"]!["name"]}");
    }

    private string Value(JsonNode variable) =>
        variable["valueFrom"]?["fieldRef"]?["fieldPath"] is { } path ? Field($"{path}") : $"{variable["value"]}";

    private string Field(string path) => path == "spec.nodeName" ? node.Name : throw new LabException($"a pod's {path} is not known here");

    private JsonObject Single(string kind) => _objects.Single(one => $"{one["kind"]}" == kind);
}
