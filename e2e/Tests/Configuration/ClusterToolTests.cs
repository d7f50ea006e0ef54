using System.Diagnostics;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Configuration;

/// <summary>What kubeadm, kind and k3s start kube-proxy with starts the program, unchanged.</summary>
internal sealed class ClusterToolTests : ApiFixture
{
    private const string Address = "10.96.0.120";
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(10);

    [SetUp]
    public void Apply() =>
        Api.Apply(new ServiceManifest("web", Address, "fd00:10:96::120").Port(80, ServerPorts.Greeting).Backends(Cluster.Webs[0]).ToString());

    [TestCase("kubeadm")]
    [TestCase("kind")]
    public async Task ConfigMap_StartsIt_AndEndsItWhenItChanges(string tool)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Cluster.Lab.StateFolder, tool)).FullName;
        Mount(folder, "..first", Recorded(tool));
        File.CreateSymbolicLink(Path.Combine(folder, "config.conf"), "..data/config.conf");

        await using var daemon = await Daemon.StartReadyAsync(Cluster.NodeA, $"--config={folder}/config.conf", $"--hostname-override={Cluster.NodeA.Name}");
        await RunningCluster.SeesAsync(Cluster.Client, Address, "web-1");
        Assert.That($"{daemon.Log}", Does.Not.Contain("mean nothing").And.Not.Contain("as if it were not there"));

        Mount(folder, "..second", Recorded(tool) + "# changed\n");
        var end = await daemon.Process.ResultAsync(SoonEnough);
        Assert.That(end.ExitCode, Is.EqualTo(1), $"{end}");
        Assert.That(end.Errors, Does.Contain("config.conf was changed"));
        Assert.That(await Cluster.Client.PythonAsync($"print(greeting('{Address}', 80))"), Is.EqualTo("web-1"), "the dataplane stays");
    }

    [Test]
    public async Task CommandLineOfK3s_StartsIt()
    {
        await using var daemon = await Daemon.StartReadyAsync(
            Cluster.NodeA, "--cluster-cidr=10.42.0.0/16", "--conntrack-max-per-core=0", "--conntrack-tcp-timeout-close-wait=0s",
            "--conntrack-tcp-timeout-established=0s", "--healthz-bind-address=127.0.0.1", $"--hostname-override={Cluster.NodeA.Name}",
            $"--kubeconfig={WriteKubeConfig()}", "--proxy-mode=iptables");

        await RunningCluster.SeesAsync(Cluster.Client, Address, "web-1");
        Assert.That($"{daemon.Log}", Does.Not.Contain("mean nothing"));
    }

    private string Recorded(string tool)
    {
        using var stream = typeof(ClusterToolTests).Assembly.GetManifestResourceStream($"Config/{tool}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace("/var/lib/kube-proxy/kubeconfig.conf", WriteKubeConfig(), StringComparison.Ordinal);
    }

    // As kubelet writes a ConfigMap: another folder, and one rename.
    private static void Mount(string folder, string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        File.WriteAllText(Path.Combine(folder, name, "config.conf"), text);
        File.CreateSymbolicLink(Path.Combine(folder, "..data_tmp"), name);

        // .NET renames no links to folders.
        using var mv = Process.Start("mv", ["-T", Path.Combine(folder, "..data_tmp"), Path.Combine(folder, "..data")]);
        mv.WaitForExit();
    }
}
