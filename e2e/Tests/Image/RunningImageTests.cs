using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Image;

/// <summary>The image at work: on a node, and with nothing of the machine but what a pod is given.</summary>
[RequiresBpf]
internal sealed class RunningImageTests
{
    private const string Address = "10.96.0.130";
    private const string Account = "/run/secrets/kubernetes.io/serviceaccount";
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(20);

    private UnpackedImage _image = null!;
    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;

    private Node Node => _cluster.NodeA;

    [OneTimeSetUp]
    public async Task Start()
    {
        _image = UnpackedImage.Make();
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(Node);
        _api.Apply(new ServiceManifest("web", Address, "fd00:10:96::130").Port(80, ServerPorts.Greeting).Backends(_cluster.Webs[0]).ToString());
    }

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _image?.Dispose();
    }

    [Test]
    public async Task Version_IsPrinted() =>
        Assert.That((await new Container(_image, Node).RunAsync("version")).MustSucceed(), Does.StartWith("kube-proxy-next "));

    [Test]
    public async Task Check_FindsNothingMissing() =>
        (await InPod().RunAsync("check", "--cgroup", Node.NodeCgroup, "--bpffs", $"{Node.BpfFolder}-check")).MustSucceed();

    [Test]
    public async Task Daemon_ServesAService_AndLoadsTheLibrariesOfTheImageAndNoOther()
    {
        await using var daemon = InPod().Start("--cgroup", Node.NodeCgroup, "--bpffs", Node.BpfFolder, "--hostname-override", Node.Name);
        await daemon.Errors.WaitForAsync("Ready:", SoonEnough);

        await RunningCluster.SeesAsync(_cluster.Client, Address, "web-1");
        var loaded = File.ReadLines($"/proc/{Container.IdOf(daemon)}/maps").Select(line => line.Split(' ')[^1]).Where(IsLibrary).Distinct();
        Assert.That(loaded, Is.EquivalentTo(_image.Files().Where(IsLibrary).Select(library => _image.Root + library)));
    }

    private static bool IsLibrary(string path) => path.Contains(".so", StringComparison.Ordinal);

    private Container InPod()
    {
        var account = Directory.CreateDirectory(Path.Combine(_cluster.Lab.StateFolder, "account")).FullName;
        _api.WriteServiceAccount(account);
        return new(_image, Node)
        {
            Mounts = [("/sys/fs/bpf", "/sys/fs/bpf"), ("/sys/fs/cgroup", "/sys/fs/cgroup"), (account, Account)],
            Environment = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = Node.IPv4, ["KUBERNETES_SERVICE_PORT"] = "6443" },
        };
    }
}
