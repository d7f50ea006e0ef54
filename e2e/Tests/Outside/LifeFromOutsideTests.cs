namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>Clients outside do not notice that a daemon dies, and that another one takes over.</summary>
internal sealed class LifeFromOutsideTests
{
    private OutsideCluster _cluster = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await OutsideCluster.BuildAsync(OutsideCluster.Plain);
        foreach (var (number, backend) in new[] { (1, _cluster.Webs[2]), (2, _cluster.Webs[0]) })
        {
            _cluster.Manifests.Apply(new ServiceManifest($"service-{number}", $"10.96.27.{number}", $"fd00:10:96::e:1b{number}")
                .Port(7, ServerPorts.Echo, nodePort: 30890 + number).Port(7, ServerPorts.Echo, "UDP", 30890 + number).Backends(backend));
        }
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Daemon_KilledAndStartedAgain_ConnectionsGoOn()
    {
        await using var first = await _cluster.StartDaemonAsync(_cluster.NodeA);
        await using var client = _cluster.Client.OpenPython();
        var open = $"""
            def open_all():
                return [make(address, 30890 + number) for make in (tcp, connected_udp) for number in (1, 2)
                    for address in ('{_cluster.NodeA.IPv4}', '{_cluster.NodeA.IPv6}')]
            held = open_all()
            [echo(s) for s in held]
            """;
        const string ask = "[echo(s) for s in held + open_all()]";
        var before = await client.AskAsync(open);

        await first.DisposeAsync();
        var without = await client.AskAsync(ask);
        await using var second = await _cluster.StartDaemonAsync(_cluster.NodeA);
        var after = await client.AskAsync(ask);

        const string names = "'web-3', 'web-3', 'web-1', 'web-1', 'web-3', 'web-3', 'web-1', 'web-1'";
        Assert.That((before, without, after), Is.EqualTo(($"[{names}]", $"[{names}, {names}]", $"[{names}, {names}]")));
    }
}
