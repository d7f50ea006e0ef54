using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.ExternalAddresses;

/// <summary>Who runs the node says which external IPs are served (CVE-2020-8554); what a load balancer gave is.</summary>
internal sealed class ExternalIPLimitTests
{
    private const string Inside = "198.51.100.40";
    private const string Outside = "198.51.101.40";
    private const string InsideV6 = "2001:db8:100::40";
    private const string Balanced = "198.51.101.41";
    private RunningCluster _cluster = null!;
    private ServiceManifest _service = null!;
    private string _nobodys = "";

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _service = new ServiceManifest("web", "10.96.0.122", "fd00:10:96::122").Port(80, ServerPorts.Greeting)
            .ExternalIps(Inside, Outside, InsideV6).LoadBalancer(Balanced).Backends(_cluster.Webs[0]);
        _cluster.Manifests.Apply(_service);
        _nobodys = await AskAsync("198.51.100.99");
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [TestCase("--deny-external-ips", false, false)]
    [TestCase("--external-ip-cidrs=198.51.100.0/24", true, false)]
    [TestCase("--external-ip-cidrs=198.51.100.0/24,2001:db8:100::/64", true, true)]
    public async Task ExternalIP_ThatIsNotLetIn_IsLeftAlone(string option, bool isInside, bool isInsideV6)
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, option);

        Assert.That(await AskAsync(Inside), Is.EqualTo(isInside ? "web-1" : _nobodys));
        Assert.That(await AskAsync(Outside), Is.EqualTo(_nobodys));
        Assert.That(await AskAsync(InsideV6) == "web-1", Is.EqualTo(isInsideV6));
        Assert.That((await AskAsync(Balanced), await AskAsync("10.96.0.122")), Is.EqualTo(("web-1", "web-1")));
        await daemon.Log.WaitForAsync($"Service default/web does not get external IP {Outside}: {option.Split('=')[0]}", TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task ExternalIP_OfAnEarlierProcess_GoesWhereTheNextOneDeniesIt()
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA))
        {
            Assert.That(await AskAsync(Outside), Is.EqualTo("web-1"));
        }

        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--deny-external-ips");

        Assert.That((await AskAsync(Outside), await AskAsync(Balanced)), Is.EqualTo((_nobodys, "web-1")));
    }

    [Test]
    public async Task ExternalIP_ThatIsDenied_IsAnEventOfItsService()
    {
        await using var api = await ApiOnNode.StartAsync(_cluster.NodeA);
        api.Apply(_service.ToString());
        await using var daemon = await Daemon.StartReadyAsync(
            _cluster.NodeA, "--kubeconfig", api.WriteKubeConfig(_cluster.Lab.StateFolder), "--deny-external-ips");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var said = await api.Events.WaitForAsync(
            posted => (string?)posted.Body["reason"] == "ExternalIPDenied" && posted.Note.Contains(Outside, StringComparison.Ordinal), 0, patience.Token);

        Assert.That((string?)said.Body["regarding"]!["name"], Is.EqualTo("web"));
        Assert.That((string?)said.Body["type"], Is.EqualTo("Warning"));
        Assert.That(said.Note, Does.Contain("--deny-external-ips"));
    }

    private Task<string> AskAsync(string address) => _cluster.NodeA.PythonAsync($"print(attempt(lambda: greeting('{address}', 80)))");
}
