using KubeProxyNext.ApiServer;
using KubeProxyNext.EndToEnd.Api;

namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>What the daemon and <c>cleanup</c> make of rules that kube-proxy left.</summary>
internal sealed class RemainsTests
{
    private const string Rules = "table ip kube-proxy { chain services { }; }";
    private const string Said = "nftables: table ip kube-proxy";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunningCluster _cluster = null!;
    private TestApiServer _api = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _api = await ApiOnNode.StartAsync(Node);
        await Node.Netfilter.ApplyAsync(Rules);
    }

    [TearDown]
    public async Task Remove()
    {
        await _api.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private Node Node => _cluster.NodeA;

    [Test]
    public async Task Daemon_TellsOfThemInItsLogAndAsAnEvent()
    {
        await using var daemon = await StartDaemonAsync();

        await daemon.Log.WaitForAsync($"Rules of kube-proxy are on this node: {Said};", Patience);
        var told = await _api.Events.WaitForAsync(one => (string?)one.Body["reason"] == "KubeProxyRulesFound", new CancellationTokenSource(Patience).Token);
        Assert.That(told.Note, Does.Contain(Said).And.Contains("kube-proxy-next cleanup --kube-proxy"));
        Assert.That(await Node.Netfilter.ListAsync(), Does.Contain("kube-proxy"));
    }

    [Test]
    public async Task Daemon_WithCleanup_RemovesThemWhenItServes()
    {
        await using var daemon = await StartDaemonAsync("--cleanup-kube-proxy");

        await daemon.Log.WaitForAsync($"Removed of kube-proxy: {Said}", Patience);
        Assert.That(await Node.Netfilter.ListAsync(), Is.Empty);
        Assert.That(daemon.Log.ToString(), Does.Not.Contain("Rules of kube-proxy are on this node"));
    }

    [Test]
    public async Task Cleanup_WithoutTools_NamesThemAndFails()
    {
        // The tools of the machine are in there.
        const string withoutTools = "mount -t tmpfs none /usr/sbin && exec \"$0\" cleanup --kube-proxy";

        var result = await Node.RunAsync("unshare", "--mount", "sh", "-c", withoutTools, Binary.Path);

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Errors, Does.Contain($"not all of kube-proxy's could be removed: there still: {Said};").And.Contains("kube-proxy --cleanup"));
    }

    private Task<Daemon> StartDaemonAsync(params string[] more) =>
        Daemon.StartReadyAsync(Node, ["--kubeconfig", _api.WriteKubeConfig(_cluster.Lab.StateFolder), .. more]);
}
