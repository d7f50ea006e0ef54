using System.Text.RegularExpressions;
using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Web;

/// <summary>Behaviour 8 as Prometheus and an admin see it, of a daemon that reads from an API server.</summary>
internal sealed partial class MetricsTests
{
    private const string Root = "http://127.0.0.1:10249";

    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;
    private Daemon _daemon = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(_cluster.NodeA);
        _api.Apply(new ServiceManifest("web", "10.96.14.1", "fd00:10:96::e:1").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs).ToString());
        _api.Apply(new ServiceManifest("far", "10.96.14.2").Port(80, ServerPorts.Greeting).InternalLocal().Backends(_cluster.Webs[3]).ToString());
        _daemon = await Daemon.StartReadyAsync(_cluster.NodeA, "--kubeconfig", _api.WriteKubeConfig(_cluster.Lab.StateFolder));
        await HttpAnswer.SeesAsync(_cluster.NodeA, $"{Root}/healthz", 200);
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        await _daemon.DisposeAsync();
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Test]
    public async Task Metrics_AreAsPromtoolWantsThem_ButForOneNameOfKubeProxys()
    {
        var result = await _cluster.NodeA.RunAsync("bash", "-c", $"set -o pipefail; curl -sf {Root}/metrics | promtool check metrics 2>&1");

        Assert.That(result.Output.Trim(), Is.EqualTo(
            """kubeproxy_sync_proxy_rules_no_local_endpoints_total non-counter metrics should not have "_total" suffix"""));
    }

    [Test]
    public async Task Service_IsDialled_ItsConnectionsAreCounted()
    {
        const string Series = "kube_proxy_next_service_connections_total{ip_family=\"IPv4\",namespace=\"default\",port=\"tcp-80\",protocol=\"TCP\",service=\"web\"}";
        var before = await ReadAsync(Series);
        await _cluster.Client.PythonAsync("for _ in range(5): greeting('10.96.14.1', 80)");

        Assert.That(await ReadAsync(Series) - before, Is.EqualTo(5));
    }

    [Test]
    public async Task ServiceWithoutLocalEndpoints_IsCounted() => Assert.That(
        await ReadAsync("kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"}"), Is.EqualTo(1));

    [Test]
    public async Task UnallocatedPort_IsADropWithAReason()
    {
        const string Series = "kube_proxy_next_drops_total{ip_family=\"IPv4\",reason=\"unallocated\"}";
        var before = await ReadAsync(Series);
        await _cluster.Client.PythonAsync("print(attempt(lambda: greeting('10.96.14.1', 81)))");

        Assert.That(await ReadAsync(Series) - before, Is.EqualTo(1));
    }

    [Test]
    public async Task RequestsToTheApiServer_AreCounted() => Assert.That(
        (await LinesAsync()).Count(line => line.StartsWith("rest_client_requests_total{code=\"200\",host=", StringComparison.Ordinal)
            && line.Contains("method=\"GET\"", StringComparison.Ordinal)), Is.EqualTo(1));

    [TestCase("/proxyMode", "ebpf")]
    [TestCase("/healthz", "ok")]
    public async Task Page_Says(string path, string text) =>
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeA, Root + path)).Body, Is.EqualTo(text));

    [Test]
    public async Task Configz_IsTheConfigurationInForce()
    {
        var configuration = (await HttpAnswer.OfAsync(_cluster.NodeA, $"{Root}/configz")).ReadJson().GetProperty("kubeproxy.config.k8s.io");

        Assert.That(configuration.GetProperty("kind").GetString(), Is.EqualTo("KubeProxyConfiguration"));
        Assert.That(configuration.GetProperty("apiVersion").GetString(), Is.EqualTo("kubeproxy.config.k8s.io/v1alpha1"));
    }

    [Test]
    public async Task Flagz_HasTheFlagsInForce() =>
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeA, $"{Root}/flagz")).Body, Does.Contain($"\nbpffs={_cluster.NodeA.BpfFolder}\n"));

    [Test]
    public async Task OtherNode_DoesNotGetThem() =>
        Assert.That((await HttpAnswer.OfAsync(_cluster.NodeB, $"http://{_cluster.NodeA.IPv4}:10249/metrics")).Code, Is.Zero);

    /// <summary>The table is made from what the instruments say of themselves: copy <c>out/metrics.md</c> where it has changed.</summary>
    [Test]
    public async Task Documentation_HasEveryMetric()
    {
        var lines = await LinesAsync();
        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToDictionary(words => words[2], words => words[3]);
        var rows = lines.Where(line => line.StartsWith("# HELP ", StringComparison.Ordinal)).Select(line => line.Split(' ', 4))
            .Select(words => $"| `{words[2]}` | {types[words[2]]} | {words[3]} |");
        var table = string.Join('\n', rows.Prepend("|---|---|---|").Prepend("| name | type | what it says |")) + "\n";
        await File.WriteAllTextAsync(Path.Combine(Binary.RepositoryRoot, "out", "metrics.md"), table);

        Assert.That(await File.ReadAllTextAsync(Path.Combine(Binary.RepositoryRoot, "docs", "metrics.md")), Does.EndWith($"\n\n{table}"));
    }

    /// <summary>Alerts and dashboards are held against what the documentation says of labels.</summary>
    [Test]
    public async Task Labels_AreThoseThatTheHelpNames()
    {
        var lines = await LinesAsync();
        var helps = lines.Where(line => line.StartsWith("# HELP ", StringComparison.Ordinal)).Select(line => line.Split(' ', 4)).ToDictionary(words => words[2], words => words[3]);
        var labels = lines.Select(line => Series().Match(line)).Where(match => match.Success)
            .SelectMany(match => Label().Matches(match.Groups[2].Value).Select(label => (Metric: match.Groups[1].Value, Label: label.Groups[1].Value)));
        var unnamed = labels.Where(one => one.Label != "le" && !one.Metric.EndsWith("_info", StringComparison.Ordinal))
            .Where(one => !Regex.IsMatch(helps[Histogram().Replace(one.Metric, "")], $@"\b{one.Label}\b")).Distinct();

        Assert.That(unnamed, Is.Empty);
    }

    [GeneratedRegex(@"^(\w+)\{(.*)\} ")]
    private static partial Regex Series();

    [GeneratedRegex(@"(\w+)=""")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Histogram();

    private async Task<string[]> LinesAsync() => (await HttpAnswer.OfAsync(_cluster.NodeA, $"{Root}/metrics")).Body.Split('\n');

    private async Task<double> ReadAsync(string series) => double.Parse(
        (await LinesAsync()).Single(line => line.StartsWith($"{series} ", StringComparison.Ordinal)).Split(' ')[^1]);
}
