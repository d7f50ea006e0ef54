using System.Net;
using System.Net.Sockets;
using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Configuration;

/// <summary>What settings do that have no place of their own.</summary>
internal sealed class EffectTests
{
    private const string External = "198.51.100.40";
    private RunningCluster _cluster = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.0.121").Port(80, ServerPorts.Greeting, nodePort: 30080)
            .ExternalIps(External).Backends(_cluster.Webs[0]));
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [TestCase("true")]
    [TestCase("false")]
    public async Task AllowServiceExternalIPs_SaysWhetherTheyAreServed(string gate)
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, $"--feature-gates=AllowServiceExternalIPs={gate}");

        Assert.That(await AskAsync(External, 80), Is.EqualTo(gate == "true" ? "web-1" : await AskAsync("198.51.100.41", 80)), "as an address that is nobody's");
        Assert.That(await AskAsync("10.96.0.121", 80), Is.EqualTo("web-1"));
    }

    [Test]
    public async Task BindAddress_StandsInForTheNodeObjects()
    {
        await using var daemon = await _cluster.StartDaemonAsync(
            _cluster.NodeA, "--hostname-override=nobody", $"--bind-address={_cluster.NodeA.IPv4}", "--nodeport-addresses=primary");

        Assert.That(await AskAsync(_cluster.NodeA.IPv4, 30080), Is.EqualTo("web-1"));
        Assert.That(await AskAsync("10.244.1.1", 30080), Is.EqualTo("ECONNREFUSED"), "nobody listens there");
    }

    [Test]
    public async Task CleanupFlag_LeavesNoTrace()
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA))
        {
            Assert.That(await AskAsync("10.96.0.121", 80), Is.EqualTo("web-1"));
        }

        (await _cluster.NodeA.RunAsync(Binary.Path, "--cleanup=true", "--bpffs", _cluster.NodeA.BpfFolder)).MustSucceed();

        Assert.That(await CgroupPrograms.CountAsync(_cluster.NodeA), Is.Zero);
        Assert.That(Directory.Exists(_cluster.NodeA.BpfFolder) ? Directory.GetFileSystemEntries(_cluster.NodeA.BpfFolder) : [], Is.Empty);
    }

    [Test]
    public async Task Start_IsAnEventOfTheNode()
    {
        await using var api = await ApiOnNode.StartAsync(_cluster.NodeA);
        await using var daemon = await Daemon.StartReadyAsync(_cluster.NodeA, "--kubeconfig", api.WriteKubeConfig(_cluster.Lab.StateFolder));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var started = await api.Events.WaitForAsync(posted => (string?)posted.Body["reason"] == "Starting", 0, patience.Token);

        Assert.That((string?)started.Body["regarding"]!["kind"], Is.EqualTo("Node"));
        Assert.That((string?)started.Body["regarding"]!["name"], Is.EqualTo(_cluster.NodeA.Name));
        Assert.That((string?)started.Body["type"], Is.EqualTo("Normal"));
    }

    [TestCase(10249, "FailedToStartMetricServer")]
    [TestCase(10256, "FailedToStartProxierHealthcheck")]
    public async Task TakenAddress_HardFail_EndsTheDaemonAndIsAnEventOfTheNode(int port, string reason)
    {
        await using var api = await ApiOnNode.StartAsync(_cluster.NodeA);
        using var taken = Take(port);

        await using var daemon = Daemon.Start(_cluster.NodeA, "--kubeconfig", api.WriteKubeConfig(_cluster.Lab.StateFolder), "--bind-address-hard-fail");
        var ended = await daemon.Process.ResultAsync(TimeSpan.FromSeconds(20));

        Assert.That(ended.ExitCode, Is.Not.Zero);
        Assert.That(api.Events.All.Select(Describe), Does.Contain($"Warning {reason} of Node {_cluster.NodeA.Name}"));
    }

    [Test]
    public async Task TakenAddress_IsAnEventOfTheNode()
    {
        await using var api = await ApiOnNode.StartAsync(_cluster.NodeA);
        using var taken = Take(10249);
        await using var daemon = await Daemon.StartReadyAsync(_cluster.NodeA, "--kubeconfig", api.WriteKubeConfig(_cluster.Lab.StateFolder));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var said = await api.Events.WaitForAsync(posted => (string?)posted.Body["reason"] == "FailedToStartMetricServer", 0, patience.Token);

        Assert.That(Describe(said), Is.EqualTo($"Warning FailedToStartMetricServer of Node {_cluster.NodeA.Name}"));
        Assert.That(said.Note, Is.EqualTo("the metrics server cannot listen at 127.0.0.1:10249: Address already in use"));
    }

    private Socket Take(int port)
    {
        var taken = _cluster.NodeA.Bind(new(IPAddress.Loopback, port));
        taken.Listen();
        return taken;
    }

    private static string Describe(PostedEvent posted) =>
        $"{posted.Body["type"]} {posted.Body["reason"]} of {posted.Body["regarding"]!["kind"]} {posted.Body["regarding"]!["name"]}";

    private Task<string> AskAsync(string address, int port) => _cluster.NodeA.PythonAsync($"print(attempt(lambda: greeting('{address}', {port})))");
}
