using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.EndToEnd.Api;
using KubeProxyNext.EndToEnd.Image;

namespace KubeProxyNext.EndToEnd.Manifests;

/// <summary>The manifests' container at work: the image, with the mounts, variables, arguments and capabilities of the DaemonSet and no others.</summary>
[RequiresBpf]
[CancelAfter(120_000)]
internal sealed class DeploymentTests
{
    private const string Address = "10.96.0.140";
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(30);

    private UnpackedImage _image = null!;
    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;
    private ServiceManifest _service = null!;

    private Node Node => _cluster.NodeA;

    [OneTimeSetUp]
    public void Make() => _image = UnpackedImage.Make();

    [OneTimeTearDown]
    public void Discard() => _image?.Dispose();

    [SetUp]
    public async Task Start()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(Node);
        _service = new ServiceManifest("web", Address, "fd00:10:96::140").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo)
            .Annotated("kube-proxy-next.io/on-backend-removal", "reset");
        _api.Apply($"{_service.Backends(_cluster.Webs[0])}");
    }

    [TearDown]
    public async Task Remove()
    {
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Test]
    public async Task Daemon_ServesWithWhatItIsGiven_AndAsksForWhatItMay(CancellationToken cancellation)
    {
        _api.Apply($"{new ServiceManifest("odd", "10.96.0.141").Port(80, 80).Annotated("kube-proxy-next.io/algorithm", "best")}");
        using var older = _api.Misbehave(new Misbehaviour.RefuseStreamingLists());
        var deployed = Deploy("generic");

        await using var daemon = deployed.Start();
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough, cancellation: cancellation);
        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
        await _api.Events.WaitForAsync(posted => posted.Note.Contains("algorithm", StringComparison.Ordinal), cancellation);

        Assert.That($"{daemon.Errors}".Split('\n').Where(IsComplaint), Has.All.Contains("best"), "of the odd Service, and of nothing that is missing");
        Assert.That(_api.Requests.All.Select(Permission).Distinct(), Is.EquivalentTo(deployed.Permitted), "each verb is used, with an older server at least, and none that is not permitted");
    }

    [Test]
    public async Task SocketsOfPods_AreTold_ThatTheirBackendLeft()
    {
        await using var daemon = Deploy("generic").Start();
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough);
        await using var client = _cluster.Client.OpenPython();
        await client.AskAsync($"connection = held('web-1', lambda: tcp('{Address}', 7))");

        _api.Apply($"{_service.Backends(_cluster.Webs[1])}");

        Assert.That(await client.AskAsync("attempt(lambda: connection.recv(100))"), Is.EqualTo("ECONNABORTED"));
    }

    [Test]
    public async Task Kubeadm_FindsItsApiServerInTheConfigurationOfKubeProxy()
    {
        var deployed = Deploy("kubeadm");
        deployed.WriteConfigMap("kube-proxy", [("config.conf", Recorded("kubeadm")), ("kubeconfig.conf", KubeConfig())]);

        await using var daemon = deployed.Start();
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough);

        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
    }

    // That is privileged, and has neither bpffs nor cgroup2: what is mounted for it here has the node's own processes below it, and no pod.
    [Test]
    public async Task DaemonSetOfKubeProxy_WithNothingButItsImageChanged_Serves()
    {
        var (account, folder) = (Account(), Path.Combine(_cluster.Lab.StateFolder, "pod/kube-proxy"));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.conf"), Recorded("kubeadm"));
        File.WriteAllText(Path.Combine(folder, "kubeconfig.conf"), KubeConfig());
        var pod = new Container(_image, Node)
        {
            Program = "/usr/local/bin/kube-proxy",
            Mounts = [(folder, "/var/lib/kube-proxy"), (account, DeployedContainer.Account)],
        };

        await using var daemon = pod.Start("--config=/var/lib/kube-proxy/config.conf", $"--hostname-override={Node.Name}");
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough);

        await RunningCluster.SeesAsync(Node, Address, "web-1");
    }

    [Test]
    public async Task InitContainer_HasNothingToDo_WhereAllIsMounted() =>
        Assert.That((await Deploy("generic").RunInitAsync()).MustSucceed(), Is.Empty);

    [Test]
    public async Task Generic_WithoutAnAddress_SaysWhereItBelongs()
    {
        var account = Account();
        await using var daemon = new DeployedContainer("generic", _image, Node, account).Start();

        var end = await daemon.ResultAsync(SoonEnough);

        Assert.That(end.ExitCode, Is.EqualTo(1));
        Assert.That(end.Errors, Does.Contain("KUBERNETES_SERVICE_HOST is empty").And.Contains("docs/install.md"));
    }

    [TestCase("BPF")]
    [TestCase("PERFMON")]
    [TestCase("NET_ADMIN")]
    public async Task Capability_IsNeeded_WhereAllOfSysAdminIsNotThere(string capability)
    {
        await using var daemon = Deploy("generic").Start(capability, "SYS_ADMIN");

        Assert.That((await daemon.ResultAsync(SoonEnough)).ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task WithoutSysAdmin_SocketsOfPodsAreNotTold_AndAllElseIsServed()
    {
        await using var daemon = Deploy("generic").Start("SYS_ADMIN");
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough);
        await using var client = _cluster.Client.OpenPython();
        await client.AskAsync($"connection = held('web-1', lambda: tcp('{Address}', 7))");

        _api.Apply($"{_service.Backends(_cluster.Webs[1])}");

        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-2");
        await daemon.Errors.WaitForAsync("may not hear of it: enter network namespace", SoonEnough);
        Assert.That(await client.AskAsync("echo(connection)"), Is.EqualTo("web-1"));
    }

    [Test]
    public async Task WithoutSysAdmin_TheNextStartServes_AndCarriesNothingOverIntoOtherMaps()
    {
        var pod = Deploy("generic");
        await using (var first = pod.Start("SYS_ADMIN"))
        {
            await first.Errors.WaitForAsync("Ready:", SoonEnough);
        }

        await using (var second = pod.Start("SYS_ADMIN"))
        {
            await second.Errors.WaitForAsync("Ready:", SoonEnough);
            await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
        }

        await using var larger = pod.Start(["--max-frontends=1000"], "SYS_ADMIN");
        Assert.That((await larger.ResultAsync(SoonEnough)).Errors, Does.Contain("open types").And.Contains("CAP_SYS_ADMIN"));
        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
    }

    // A lower oom_score_adj takes CAP_SYS_RESOURCE, which the machine may lack itself.
    private static bool IsComplaint(string line) =>
        (line.StartsWith('W') || line.StartsWith('E')) && (Capabilities.IsThere("SYS_RESOURCE") || !line.Contains("oom_score_adj", StringComparison.Ordinal));

    private DeployedContainer Deploy(string overlay) => new(overlay, _image, Node, Account())
    {
        Environment = overlay == "kubeadm"
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = Node.IPv4 },
    };

    private string Account()
    {
        var account = Directory.CreateDirectory(Path.Combine(_cluster.Lab.StateFolder, "pod/account")).FullName;
        _api.WriteServiceAccount(account);
        return account;
    }

    // As kubeadm writes it: the service account's files, by name.
    private string KubeConfig() => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - cluster:
            certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
            server: https://{Node.IPv4}:6443
          name: default
        contexts:
        - context:
            cluster: default
            namespace: default
            user: default
          name: default
        current-context: default
        users:
        - name: default
          user:
            tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
        """;

    private static string Permission(LoggedRequest request) => DeployedContainer.Permission(
        request.Method == "POST" ? "create" : request.IsWatch ? "watch" : "list", request.Resource?.Plural ?? request.Path, request.Resource?.Group ?? "");

    private static string Recorded(string tool)
    {
        using var stream = typeof(DeploymentTests).Assembly.GetManifestResourceStream($"Config/{tool}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
