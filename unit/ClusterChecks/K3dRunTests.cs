namespace KubeProxyNext.Unit.ClusterChecks;

/// <summary>What is otherwise with k3d: how clusters come and go, the overlay that is there already, and no IPv6.</summary>
internal sealed class K3dRunTests
{
    private StandIns _tools = null!;

    [SetUp]
    public void PutToolsInPlace() => _tools = new("k3d", isDualStack: false);

    [TearDown]
    public void RemoveTools() => _tools.Dispose();

    [Test]
    public async Task ClusterThatWorks_PassesEveryCheck_WithoutIPv6()
    {
        var run = await _tools.RunAsync("k3d");

        Assert.That(run.ExitCode, Is.Zero, $"{run}");
        Assert.That(run.Output, Does.Match(@"\n[3-9]\d passed, 0 failed\n").And.Not.Contains("IPv6"));
    }

    [Test]
    public async Task K3d_IsAskedInThisOrder()
    {
        await _tools.RunAsync("k3d", "--node-image", "rancher/k3s:v1.34.1-k3s1");

        Assert.That(string.Join('\n', _tools.Calls.Where(call => call.StartsWith("k3d", StringComparison.Ordinal) || call.Contains("--kustomize"))), Is.EqualTo("""
            k3d cluster list --no-headers
            k3d cluster create kpn-test --servers 1 --agents 2 --no-lb --k3s-arg --disable-kube-proxy@server:* --k3s-arg --disable=servicelb@server:* --k3s-arg --disable=traefik@server:* --k3s-arg --disable=metrics-server@server:* --k3s-arg --disable=local-storage@server:* --kubeconfig-update-default=false --timeout 10m --image rancher/k3s:v1.34.1-k3s1
            k3d kubeconfig merge kpn-test --output out/cluster-checks/kpn-test/kubeconfig --overwrite
            k3d image import out/kube-proxy-next.tar --cluster kpn-test --mode direct
            kubectl apply --kustomize manifests/overlays/k3s
            k3d cluster delete kpn-test
            """));
        Assert.That(_tools.Calls, Has.Some.Contains("docker run --detach --name kpn-test-outside --network k3d-kpn-test "));
        Assert.That(_tools.Calls, Has.None.Contains("2001:db8"));
    }

    [Test]
    public async Task NodesMayComeLater()
    {
        _tools.Otherwise("get nodes --output json", """[ -e $here/asked ] || { touch $here/asked; echo '{"items":[]}'; exit 0; }""");

        var run = await _tools.RunAsync("k3d");

        Assert.That(run.ExitCode, Is.Zero, $"{run}");
    }

    [Test]
    public async Task ClusterOfThatName_IsNotTouched()
    {
        _tools.Otherwise("k3d cluster list", $"echo '{StandIns.Cluster}   1/1   2/2   false'; exit 0");

        var run = await _tools.RunAsync("k3d");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(_tools.Calls[^1], Is.EqualTo("k3d cluster list --no-headers"));
    }
}
