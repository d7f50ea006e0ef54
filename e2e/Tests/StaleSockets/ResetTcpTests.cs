namespace KubeProxyNext.EndToEnd.StaleSockets;

/// <summary>TCP connections to a backend that left are left alone, unless the Service asks for their end.</summary>
internal sealed class ResetTcpTests : ClusterFixture
{
    private const string Gone = "ECONNABORTED";
    private ServiceManifest _kept = null!;
    private ServiceManifest _reset = null!;

    protected override IEnumerable<ServiceManifest> Services(IReadOnlyList<Pod> webs)
    {
        _kept = Service("kept", 1);
        _reset = Service("reset", 2).Annotated("kube-proxy-next.io/on-backend-removal", "reset");
        return [_kept.Backends(webs), _reset.Backends(webs)];
    }

    [Test]
    public async Task Backend_Leaves_OnlyConnectionsThroughTheServiceThatAsksForItEnd()
    {
        var web = Cluster.Webs[0];
        await using var pod = Client.OpenPython();
        await using var host = Cluster.NodeA.OpenPython();
        foreach (var client in new[] { pod, host })
        {
            await client.AskAsync($"""
                direct = tcp('{web.IPv4}', {ServerPorts.Echo})
                kept = held('web-1', lambda: tcp('10.96.11.1', 7))
                first = held('web-1', lambda: tcp('10.96.11.2', 7))
                mapped = held('web-1', lambda: tcp('::ffff:10.96.11.2', 7))
                first6 = held('web-1', lambda: tcp('fd00:10:96::b:2', 7))
                second = held('web-2', lambda: tcp('10.96.11.2', 7))
                others = held('web-3', lambda: tcp('10.96.11.2', 7))
                """);
        }

        Cluster.Manifests.Apply(_kept.Backends(Cluster.Webs.Skip(1)));
        Cluster.Manifests.Apply(_reset.Backends(Cluster.Webs.Skip(1)));
        const string read = "' '.join(attempt(lambda: s.recv(100)) for s in (first, mapped, first6))";
        var ends = (await pod.AskAsync(read), await host.AskAsync(read));

        // Rounds follow each other: when a second one has come to its sockets, the first is done with all of them.
        Cluster.Manifests.Apply(_reset.Backends(Cluster.Webs.Skip(2)));
        var second = (await pod.AskAsync("second.recv(100)"), await host.AskAsync("second.recv(100)"));

        Assert.That(ends, Is.EqualTo(($"{Gone} {Gone} {Gone}", $"{Gone} {Gone} {Gone}")));
        Assert.That(second, Is.EqualTo((Gone, Gone)));
        foreach (var client in new[] { pod, host })
        {
            Assert.That(await client.AskAsync("(echo(direct), echo(kept), echo(others))"), Is.EqualTo("('web-1', 'web-1', 'web-3')"));
        }
    }

    private static ServiceManifest Service(string name, int number) =>
        new ServiceManifest(name, $"10.96.11.{number}", $"fd00:10:96::b:{number}").Port(7, ServerPorts.Echo);
}
