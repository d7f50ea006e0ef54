namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>From kube-proxy to this program, and back, under load.</summary>
[TestFixture("nftables", "plain")]
[TestFixture("iptables", "plain")]
[TestFixture("nftables", "overlay")]
[TestFixture("iptables", "overlay")]
internal sealed class SwitchTests(string mode, string network) : SwitchFixture(mode, network)
{
    [Test]
    public async Task FromKubeProxy_ConnectionsGoOn_AndNewOnesDoNotFail()
    {
        await WriteKubeProxyRulesAsync();
        var clients = await Task.WhenAll(Clients.Select(place => HoldingClient.StartAsync(place, Addresses(place))));

        await using var daemon = await StartDaemonAsync();
        var beside = await Task.WhenAll(clients.Select(client => client.TroublesAsync()));
        var cleanup = (await Node.RunAsync(Binary.Path, "cleanup", "--kube-proxy")).MustSucceed();
        var after = await Task.WhenAll(clients.Select(client => client.TroublesAsync()));

        Assert.That(cleanup, Does.Contain("removed: "));
        Assert.That((beside, after), Is.EqualTo((new[] { "{}", "{}", "{}" }, new[] { "{}", "{}", "{}" })).AsCollection);
        Assert.That(await Node.Netfilter.ListAsync(), Does.Not.Contain("KUBE-").And.Not.Contain("kube-proxy"));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Test]
    public async Task ToKubeProxy_ConnectionsGoOn_AndNewOnesDoNotFail()
    {
        var daemon = await StartDaemonAsync();
        HoldingClient[] clients =
        [
            .. await Task.WhenAll(Clients.Select(place => HoldingClient.StartAsync(place, Addresses(place)))),
            await HoldingClient.StartAsync(Clients[0], Addresses(Clients[0]), "connected_udp"),
        ];

        await WriteKubeProxyRulesAsync();
        await daemon.DisposeAsync();
        await Daemon.CleanupAsync(Node);
        var after = await Task.WhenAll(clients.Select(client => client.TroublesAsync()));

        Assert.That(after, Is.EqualTo(new[] { "{}", "{}", "{}", "{}" }), "of a client outside, in a pod, on the node; of UDP outside");
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Test]
    public async Task ToKubeProxy_ConnectionsFromOutside_NeedNoRule()
    {
        var daemon = await StartDaemonAsync();
        await using var streams = await HoldingClient.StartAsync(Clients[0], Addresses(Clients[0]), anew: false);
        await using var datagrams = await HoldingClient.StartAsync(Clients[0], Addresses(Clients[0]), "connected_udp", anew: false);

        await WriteKubeProxyRulesAsync(knowingServices: false);
        await daemon.DisposeAsync();
        var cleanup = await Daemon.CleanupAsync(Node);
        var after = await Task.WhenAll(streams.TroublesAsync(), datagrams.TroublesAsync());

        Assert.That(after, Is.EqualTo(new[] { "{}", "{}" }));
        Assert.That(cleanup, Does.EndWith("connections that go on by nf_conntrack: 12"));
    }
}
