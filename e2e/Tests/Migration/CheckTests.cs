using System.Net;
using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>What <c>check</c> says before and after.</summary>
internal sealed class CheckTests
{
    private const string Address = "10.96.0.1";

    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(Node);
    }

    [TearDown]
    public async Task Remove()
    {
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private Node Node => _cluster.NodeA;

    [Test]
    public async Task Node_ThatCanBeServed_PassesWithoutATrace()
    {
        var (code, lines) = await CheckAsync("--kubeconfig", KubeConfig(_api));

        Assert.That(lines.Where(line => line.Value.Result == "failed"), Is.Empty);
        Assert.That((code, lines["maps and programs"].Found, lines["rules of kube-proxy"].Found), Is.EqualTo((0, "loaded and attached", "none")));
        Assert.That(Directory.GetDirectories(Node.NodeCgroup).Concat(Directory.GetDirectories(Path.GetDirectoryName(Node.BpfFolder)!)), Has.None.Contains("kpn-check"));
    }

    [Test]
    public async Task RulesOfKubeProxy_AreAWarning()
    {
        await Node.Netfilter.ApplyAsync("table ip kube-proxy { chain services { }; }");

        var (code, lines) = await CheckAsync("--kubeconfig", KubeConfig(_api));

        Assert.That((code, lines["rules of kube-proxy"].Result, lines["rules of kube-proxy"].Found), Is.EqualTo((0, "warning", "nftables: table ip kube-proxy")));
    }

    [Test]
    public async Task ApiServer_OfNobody_Fails()
    {
        var (code, lines) = await CheckAsync("--master", $"http://{Node.IPv4}:6444");

        Assert.That((code, lines["API server"].Result), Is.EqualTo((1, "failed")));
    }

    [TestCase(false, 0, "passed")]
    [TestCase(true, 1, "failed")]
    public async Task Source_HasToBeAFolder(bool isMissing, int exitCode, string result)
    {
        var (code, lines) = await CheckAsync("--source", _cluster.Manifests.Path + (isMissing ? "/none" : ""));

        Assert.That((code, lines["source"].Result), Is.EqualTo((exitCode, result)));
    }

    [Test]
    public async Task ApiServer_AtItsOwnClusterIP_Fails()
    {
        await Node.AddAddressAsync($"{Address}/32");
        await using var service = await TestApiServer.StartAsync(new() { Address = IPAddress.Parse(Address), Port = 6443, Bind = Node.Bind });
        service.Apply(new ServiceManifest("kubernetes", Address).Port(443, 6443).ToString());

        var (code, lines) = await CheckAsync("--kubeconfig", KubeConfig(service));

        Assert.That((code, lines["API server"].Result), Is.EqualTo((1, "failed")));
        Assert.That(lines["API server"].Advice, Does.Contain($"{Address}:6443/ is the ClusterIP of the Service 'kubernetes'").And.Contains("--master"));
    }

    [Test]
    public async Task PortsThatAreConfigured_AreLookedAt_AndWhoListensIsNamed()
    {
        using var listener = Node.Bind(new(IPAddress.Parse(Node.IPv4), 10300));
        listener.Listen();

        var (_, lines) = await CheckAsync(
            "--source", _cluster.Manifests.Path, "--healthz-bind-address", $"{Node.IPv4}:10300", "--metrics-bind-address", "127.0.0.1:10301");

        Assert.That((lines["port 10300 (/healthz)"].Result, lines["port 10301 (/metrics)"].Result), Is.EqualTo(("warning", "passed")));
        Assert.That(lines["port 10300 (/healthz)"].Found, Does.EndWith($"(process {Environment.ProcessId}) listens there"));
    }

    [Test]
    public async Task ProgramsOfOthersAtDevices_AreNamed()
    {
        (await Node.RunAsync("tc", "qdisc", "add", "dev", "eth0", "clsact")).MustSucceed();
        (await Node.RunAsync("tc", "filter", "add", "dev", "eth0", "ingress", "u32", "match", "u32", "0", "0")).MustSucceed();

        var (code, lines) = await CheckAsync("--kubeconfig", KubeConfig(_api));

        Assert.That((code, lines["other programs at devices"].Result, lines["other programs at devices"].Found), Is.EqualTo((0, "warning", "filter u32 at eth0")));
    }

    [Test]
    public async Task OwnPrograms_AreSeen()
    {
        await using var daemon = await Daemon.StartReadyAsync(Node, "--source", _cluster.Manifests.Path);

        var (_, lines) = await CheckAsync("--source", _cluster.Manifests.Path);

        Assert.That(lines["own programs"].Found, Does.Match("^[0-9]+ are at work by "));
        Assert.That((lines["other programs at our hooks"].Found, lines["other programs at devices"].Found), Is.EqualTo(("none", "none")));
        Assert.That(lines["port 10256 (/healthz)"].Found, Does.Match(@"^kube-proxy-next \(process [0-9]+\) listens there already$"));
    }

    private string KubeConfig(TestApiServer server)
    {
        var path = Path.Combine(_cluster.Lab.StateFolder, "kubeconfig");
        File.WriteAllText(path, server.KubeConfig());
        return path;
    }

    private async Task<(int Code, IReadOnlyDictionary<string, (string Result, string Found, string? Advice)> Lines)> CheckAsync(params string[] arguments)
    {
        var result = await Node.RunAsync(
            Binary.Path, ["check", "-o", "json", "--bpffs", Node.BpfFolder, "--cgroup", Node.NodeCgroup, .. arguments]);
        var lines = JsonNode.Parse(result.Output)!.AsArray().ToDictionary(
            line => (string)line!["check"]!, line => ((string)line!["result"]!, (string)line["found"]!, (string?)line["advice"]));
        return (result.ExitCode, lines);
    }
}
