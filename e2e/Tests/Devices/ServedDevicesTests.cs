using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Devices;

/// <summary>The daemon has programs at the devices of its node, as they come and go.</summary>
internal sealed class ServedDevicesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunningCluster _cluster = null!;

    [SetUp]
    public async Task Build() => _cluster = await RunningCluster.BuildAsync();

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Daemon_ServesTheUplinkAndNoPods_UntilAServiceNeedsIt([Values("tcx", "clsact")] string attach)
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--tc-attach", attach);
        Assert.That(await DevicesAsync(), Is.EqualTo(new[] { "eth0" }));

        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.20.1", "fd00:10:96::14:1").Port(80, ServerPorts.Greeting, nodePort: 30920).Backends(_cluster.Webs));
        await daemon.Log.WaitForAsync("device cni0", Patience);

        Assert.That(await DevicesAsync(), Is.EquivalentTo(new[] { "cni0", "eth0" }));
    }

    [Test]
    public async Task Device_ComesAndGoes_IsServedWhileItIsThere()
    {
        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--devices", "auto,late*");
        (await _cluster.NodeA.RunAsync("ip", "link", "add", "late0", "type", "veth", "peer", "name", "far0")).MustSucceed();
        await daemon.Log.WaitForAsync("device late0", Patience);
        Assert.That(await DevicesAsync(), Is.EquivalentTo(new[] { "eth0", "late0" }));

        (await _cluster.NodeA.RunAsync("ip", "link", "del", "late0")).MustSucceed();
        (await _cluster.NodeA.RunAsync("ip", "link", "add", "late1", "type", "veth", "peer", "name", "far1")).MustSucceed();
        await daemon.Log.WaitForAsync("device late1", Patience);

        Assert.That(await DevicesAsync(), Is.EquivalentTo(new[] { "eth0", "late1" }));
        Assert.That(Pins(), Has.Exactly(2 * 2 * 2).Items, "both hooks, both families, two devices");
    }

    [Test]
    public async Task Daemon_RestartsAfterSigkill_LinksStay()
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA))
        {
        }

        var before = Pins();
        Assert.That(await DevicesAsync(), Is.EqualTo(new[] { "eth0" }), "with no daemon");

        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);

        Assert.That(await DevicesAsync(), Is.EqualTo(new[] { "eth0" }));
        Assert.That(Pins(), Is.EquivalentTo(before).And.Exactly(4).Items);
    }

    [Test]
    public async Task Cleanup_AfterDevicesWereServed_NothingIsLeftThere([Values("tcx", "clsact")] string attach)
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA, "--tc-attach", attach))
        {
        }

        Assert.That(await ProgramsAsync(), attach == "tcx" ? Is.Empty : Is.Not.Empty, "filters, as bpftool shows them");
        await Daemon.CleanupAsync(_cluster.NodeA);

        Assert.That(await ProgramsAsync(), Is.Empty);
        Assert.That(Directory.Exists(_cluster.NodeA.BpfFolder), Is.False);
    }

    [Test]
    public async Task Devices_None_NothingIsServedAndWhatWasIsRemoved()
    {
        await using (await _cluster.StartDaemonAsync(_cluster.NodeA))
        {
        }

        await using var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, "--devices", "none");

        Assert.That(await DevicesAsync(), Is.Empty);
        Assert.That(Pins(), Is.Empty);
    }

    [TestCase("--devices", "eth 0")]
    [TestCase("--tc-attach", "xdp")]
    [TestCase("--detect-local-mode", "BridgeInterface")]
    [TestCase("--cluster-cidr", "10.244.0.0/16,10.245.0.0/16")]
    public async Task Options_ThatCannotBe_AreBadUsage(string option, string value)
    {
        var result = await _cluster.NodeA.RunAsync(Binary.Path, "run", "--source", _cluster.Manifests.Path, option, value);

        Assert.That(result.ExitCode, Is.EqualTo(2), $"{result}");
    }

    private string[] Pins() =>
        [.. Directory.GetFiles(Path.Combine(_cluster.NodeA.BpfFolder, "links")).Select(path => Path.GetFileName(path))
            .Where(name => name.StartsWith("ingress", StringComparison.Ordinal) || name.StartsWith("egress", StringComparison.Ordinal))];

    // Those that the daemon's own report names, which are the same for both families.
    private async Task<string[]> DevicesAsync()
    {
        var status = (await _cluster.NodeA.RunAsync(Binary.Path, "status", "-o", "json", "--bpffs", _cluster.NodeA.BpfFolder)).MustSucceed();
        using var json = JsonDocument.Parse(status);
        string[][] families = [.. new[] { "IPv4", "IPv6" }.Select(family =>
            json.RootElement.GetProperty(family).GetProperty("devices").EnumerateArray().Select(name => name.GetString()!).ToArray())];
        Assert.That(families[0], Is.EqualTo(families[1]));
        return families[0];
    }

    private async Task<string[]> ProgramsAsync()
    {
        var shown = (await _cluster.NodeA.RunAsync("bpftool", "net", "show")).MustSucceed();
        return [.. shown.Split('\n').Where(line => line.Contains("gress", StringComparison.Ordinal))];
    }
}
