using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeProxyNext.Config;
using KubeProxyNext.Manifests;

namespace KubeProxyNext.Unit.Manifests;

/// <summary>What is in <c>manifests/</c> would be taken by an API server, and fits together and to the program.</summary>
public sealed partial class ManifestTests
{
    private const string OfKubeadm = "kube-proxy";

    private static readonly string[] Overlays = ["kubeadm", "k3s", "generic"];

    [TestCaseSource(nameof(Overlays))]
    public void Overlay_IsWhatAnApiServerTakes(string overlay) =>
        Assert.That(Objects(overlay).SelectMany(Schema.Ours.FaultsOf), Is.Empty);

    [Test]
    public void Monitoring_IsWhatAnApiServerTakes() =>
        Assert.That(Kustomization.Render(Folder("monitoring")).SelectMany(Schema.Ours.FaultsOf), Is.Empty);

    [TestCase("hostNetwork: true", "hostNetwork: \"true\"", "DaemonSet.spec.template.spec.hostNetwork must be bool, not \"true\"")]
    [TestCase("hostNetwork: true", "hostNetwrok: true", "DaemonSet.spec.template.spec.hostNetwrok is not known")]
    [TestCase("apps/v1", "apps/v1beta1", "DaemonSet is of apps/v1, not of apps/v1beta1")]
    [TestCase("cpu: 50m", "cpu: 50 m", "DaemonSet.spec.template.spec.initContainers[0].resources.requests.cpu must be quantity, not \"50 m\"")]
    [TestCase("  selector:\n    matchLabels:\n      k8s-app: kube-proxy-next\n", "", "DaemonSet.spec.selector is missing")]
    public void WhatAnApiServerRefuses_IsNamed(string right, string wrong, string fault)
    {
        var text = File.ReadAllText(Path.Combine(Folder("base"), "daemonset.yaml")).Replace(right, wrong, StringComparison.Ordinal);

        Assert.That(YamlFile.Parse(text, "daemonset.yaml").SelectMany(one => Schema.Ours.FaultsOf(one.AsObject())).Distinct(), Does.Contain(fault));
    }

    [TestCaseSource(nameof(Overlays))]
    public void Names_AreThoseOfWhatIsThere(string overlay)
    {
        var objects = Objects(overlay);
        var (daemonSet, pod) = (Single(objects, "DaemonSet"), Pod(objects));
        var labels = daemonSet["spec"]!["template"]!["metadata"]!["labels"]!;

        Assert.That(JsonNode.DeepEquals(daemonSet["spec"]!["selector"]!["matchLabels"], labels));
        Assert.That($"{pod["serviceAccountName"]}", Is.EqualTo(Name(Single(objects, "ServiceAccount"))));
        var binding = Single(objects, "ClusterRoleBinding");
        Assert.That($"{binding["roleRef"]!["name"]}", Is.EqualTo(Name(Single(objects, "ClusterRole"))));
        Assert.That($"{binding["subjects"]![0]!["name"]}", Is.EqualTo($"{pod["serviceAccountName"]}"));
        var volumes = pod["volumes"]!.AsArray().Select(volume => $"{volume!["name"]}").ToList();
        Assert.That(Containers(pod).SelectMany(container => container["volumeMounts"]!.AsArray()).Select(mount => $"{mount!["name"]}").Distinct(), Is.EquivalentTo(volumes));
        Assert.That(
            objects.Where(one => $"{one["kind"]}" is not ("ClusterRole" or "ClusterRoleBinding")).Select(one => $"{one["metadata"]!["namespace"]}").Append(Namespace(binding)),
            Is.All.EqualTo("kube-system"));
    }

    [TestCaseSource(nameof(Overlays))]
    public void Ports_AreThoseOfTheProgram(string overlay)
    {
        var container = Pod(Objects(overlay))["containers"]![0]!;
        var ports = container["ports"]!.AsArray().ToDictionary(port => $"{port!["name"]}", port => (long)port!["containerPort"]!);

        Assert.That(Settings.HealthzBindAddress.DefaultText, Does.EndWith($":{ports["healthz"]}"));
        Assert.That(Settings.MetricsBindAddress.DefaultText, Does.EndWith($":{ports["metrics"]}"));
        Assert.That(container["ports"]!.AsArray().Select(port => (long)port!["hostPort"]!), Is.EqualTo(ports.Values), "the pod has the node's network");
        Assert.That(ports["healthz"], Is.EqualTo((long)container["startupProbe"]!["httpGet"]!["port"]!).And.EqualTo((long)container["livenessProbe"]!["httpGet"]!["port"]!));
    }

    [TestCaseSource(nameof(Overlays))]
    public void Image_IsOfThisVersion(string overlay) => Assert.That(
        Containers(Pod(Objects(overlay))).Select(container => $"{container["image"]}"), Is.All.EqualTo($"kube-proxy-next:{ProjectVersion()}"));

    [TestCase("k3s")]
    [TestCase("generic")]
    public void Configuration_IsReadWithoutAWord(string overlay)
    {
        var objects = Objects(overlay);
        var map = Single(objects, "ConfigMap");
        var file = ConfigFileOf(Pod(objects));

        var loaded = ConfigurationLoader.FromFile($"{map["data"]![file]}", file, new Dictionary<Setting, object>());

        Assert.That(loaded.Lenience.Concat(ConfigurationWarnings.WithoutMeaning(loaded.Configuration)), Is.Empty);
        Assert.That(ConfigMapOf(objects), Is.EqualTo(Name(map)));
    }

    [Test]
    public void Kubeadm_HasTheConfigurationOfKubeProxy_WhereItsKubeconfigIs()
    {
        var objects = Objects("kubeadm");
        var recorded = ConfigurationLoader.FromFile(Recorded("kubeadm"), "config.conf", new Dictionary<Setting, object>());

        Assert.That(ConfigMapOf(objects), Is.EqualTo(OfKubeadm));
        Assert.That(ConfigFileOf(Pod(objects)), Is.EqualTo("config.conf"));
        Assert.That(recorded.Configuration.Get(Settings.KubeConfig), Does.StartWith($"{ConfigFolderOf(Pod(objects))}/"));
    }

    [TestCase("kubeadm", "manifests/install.yaml")]
    [TestCase("k3s", "unit/Manifests/Rendered/k3s.yaml")]
    [TestCase("generic", "unit/Manifests/Rendered/generic.yaml")]
    public void Overlay_IsWhatKubectlMadeOfIt(string overlay, string made) =>
        AssertSame(YamlFile.Read(Path.Combine(Sources.Root, made)).Select(one => one.AsObject()), Objects(overlay), "see 'make manifests'");

    private static void AssertSame(IEnumerable<JsonObject> actual, IEnumerable<JsonObject> expected, string message) =>
        Assert.That(actual.Select(Text).Order(), Is.EqualTo(expected.Select(Text).Order()), message);

    // With fields in the order of the alphabet.
    private static string Text(JsonNode? node) => node switch
    {
        JsonObject one => $"{{{string.Join(',', one.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{Text(pair.Value)}"))}}}",
        JsonArray list => $"[{string.Join(',', list.Select(Text))}]",
        null => "null",
        _ => node.ToJsonString(),
    };

    private static IReadOnlyList<JsonObject> Objects(string overlay) => Kustomization.Render(Folder($"overlays/{overlay}"));

    private static JsonObject Single(IEnumerable<JsonObject> objects, string kind) => objects.Single(one => $"{one["kind"]}" == kind);

    private static JsonNode Pod(IEnumerable<JsonObject> objects) => Single(objects, "DaemonSet")["spec"]!["template"]!["spec"]!;

    private static IEnumerable<JsonNode> Containers(JsonNode pod) =>
        pod["initContainers"]!.AsArray().Concat(pod["containers"]!.AsArray()).Select(container => container!);

    private static string Name(JsonObject one) => $"{one["metadata"]!["name"]}";

    private static string Namespace(JsonObject binding) => $"{binding["subjects"]![0]!["namespace"]}";

    private static string ConfigMapOf(IEnumerable<JsonObject> objects) =>
        $"{Pod(objects)["volumes"]!.AsArray().Single(volume => volume!["configMap"] is not null)!["configMap"]!["name"]}";

    private static string ConfigFolderOf(JsonNode pod) =>
        $"{pod["containers"]![0]!["volumeMounts"]!.AsArray().Single(mount => $"{mount!["name"]}" == "config")!["mountPath"]}";

    // What --config names, as a file of the folder where the ConfigMap is mounted.
    private static string ConfigFileOf(JsonNode pod)
    {
        var path = pod["containers"]![0]!["args"]!.AsArray().Select(argument => $"{argument}").Single(argument => argument.StartsWith("--config=", StringComparison.Ordinal))["--config=".Length..];
        Assert.That(Path.GetDirectoryName(path), Is.EqualTo(ConfigFolderOf(pod)));
        return Path.GetFileName(path);
    }

    private static string Recorded(string tool)
    {
        using var stream = typeof(ManifestTests).Assembly.GetManifestResourceStream($"Config/{tool}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Folder(string name) => Path.Combine(Sources.Root, "manifests", name);

    private static string ProjectVersion() =>
        VersionLine().Match(File.ReadAllText(Path.Combine(Sources.Root, "cmd/kube-proxy-next/kube-proxy-next.csproj"))).Groups[1].Value;

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex VersionLine();
}
