namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>Clients outside and inside do not notice that maps of other sizes take the place of those at work.</summary>
internal sealed class ResizeFromOutsideTests
{
    private const string Names = "'web-3', 'web-3', 'web-1', 'web-1', 'web-3', 'web-3', 'web-1', 'web-1'";

    private static readonly string[][] Sizes =
    [
        ["--max-frontends", "512", "--max-slots", "4096", "--max-sockets", "1024", "--max-affinities", "1024", "--max-flows", "20000"],
        ["--max-frontends", "2048"],
        ["--max-flows", "90000"],
        ["--max-flows", "3000", "--max-sockets", "512"],
        ["--max-affinities", "4096", "--max-slots", "1000"],
    ];

    private OutsideCluster _cluster = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await OutsideCluster.BuildAsync(OutsideCluster.Plain);
        foreach (var (number, backend) in new[] { (1, _cluster.Webs[2]), (2, _cluster.Webs[0]) })
        {
            _cluster.Manifests.Apply(new ServiceManifest($"service-{number}", $"10.96.28.{number}", $"fd00:10:96::e:1c{number}")
                .Port(7, ServerPorts.Echo, nodePort: 30870 + number).Port(7, ServerPorts.Echo, "UDP", 30870 + number).Backends(backend));
        }

        _cluster.Manifests.Apply(new ServiceManifest("affine", "10.96.28.9").Port(80, ServerPorts.Greeting, nodePort: 30879).Affinity().Backends(_cluster.Webs));
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Daemon_StartedWithOtherCapacities_ConnectionsGoOn()
    {
        var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, Sizes[0]);
        await using var outside = _cluster.Client.OpenPython();
        await using var inside = _cluster.NodeA.OpenPython();
        var held = new[]
        {
            await outside.AskAsync(Open($"'{_cluster.NodeA.IPv4}', '{_cluster.NodeA.IPv6}'", "30870 + number")),
            await inside.AskAsync(Open("'10.96.28.%d' % number, 'fd00:10:96::e:1c%d' % number", "7")),
        };
        Assert.That(held, Is.All.EqualTo($"[{Names}]"));
        var affine = $"[greeting('{_cluster.NodeA.IPv4}', 30879) for i in range(3)]";
        var (picks, picksInside) = (await outside.AskAsync(affine), await inside.AskAsync("[greeting('10.96.28.9', 80) for i in range(3)]"));

        foreach (var sizes in Sizes[1..])
        {
            await daemon.DisposeAsync();
            daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, sizes);
            var now = string.Join(' ', sizes);

            Assert.That(await outside.AskAsync("[echo(s) for s in held + open_all()]"), Is.EqualTo($"[{Names}, {Names}]"), now);
            Assert.That(await inside.AskAsync("[echo(s) for s in held + open_all()]"), Is.EqualTo($"[{Names}, {Names}]"), now);
            Assert.That(await inside.AskAsync("set(s.getpeername()[1] for s in held)"), Is.EqualTo("{7}"), now);
            Assert.That(await outside.AskAsync(affine), Is.EqualTo(picks), now);
            Assert.That(await inside.AskAsync("[greeting('10.96.28.9', 80) for i in range(3)]"), Is.EqualTo(picksInside), now);
            Assert.That(Directory.GetDirectories(_cluster.NodeA.BpfFolder, "ipv*"), Has.Length.EqualTo(2), "one folder of each family");
        }

        await daemon.DisposeAsync();
    }

    [Test]
    public async Task Daemon_StartedWithOtherCapacitiesUnderLoad_NobodyNotices()
    {
        var daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, Sizes[0]);
        await using var outside = await Migration.HoldingClient.StartAsync(_cluster.Client, $"[('{_cluster.NodeA.IPv4}', 30871), ('{_cluster.NodeA.IPv6}', 30872)]");
        await using var inside = await Migration.HoldingClient.StartAsync(_cluster.NodeA, "[('10.96.28.1', 7), ('fd00:10:96::e:1c2', 7)]");

        foreach (var sizes in Sizes[1..])
        {
            await daemon.DisposeAsync();
            daemon = await _cluster.StartDaemonAsync(_cluster.NodeA, sizes);
        }

        Assert.That(await outside.TroublesAsync(), Is.EqualTo("{}"));
        Assert.That(await inside.TroublesAsync(), Is.EqualTo("{}"));
        await daemon.DisposeAsync();
    }

    private static string Open(string addresses, string port) => $"""
        def open_all():
            return [make(address, {port}) for make in (tcp, connected_udp) for number in (1, 2) for address in ({addresses})]
        held = open_all()
        [echo(s) for s in held]
        """;
}
