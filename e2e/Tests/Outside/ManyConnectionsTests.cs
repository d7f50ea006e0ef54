namespace KubeProxyNext.EndToEnd.Outside;

/// <summary>Many clients at once through one node to others, and what happens when its ports do not suffice.</summary>
internal sealed class ManyConnectionsTests
{
    /// <summary>How many connections are made, where somebody says it: <c>KPN_CONNECTIONS=100000</c> takes a minute.</summary>
    private static readonly int Connections =
        int.TryParse(Environment.GetEnvironmentVariable("KPN_CONNECTIONS"), out var many) ? many : 10_000;

    private OutsideCluster _cluster = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await OutsideCluster.BuildAsync(OutsideCluster.Plain);
        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.25.1", "fd00:10:96::e:191").Port(80, ServerPorts.Greeting, nodePort: 30871)
            .Port(7, ServerPorts.Echo, nodePort: 30872).Backends(_cluster.Webs[2], _cluster.Webs[3]));
        _cluster.Manifests.Apply(new ServiceManifest("one", "10.96.25.2", "fd00:10:96::e:192").Port(7, ServerPorts.Echo, nodePort: 30873)
            .Backends(_cluster.Webs[2]));
    }

    [TearDown]
    public async Task Remove() => await _cluster.DisposeAsync();

    [Test]
    public async Task Connections_Short_NoneFails()
    {
        await _cluster.StartDaemonsAsync();
        await using var client = _cluster.Client.StartPython($$"""
            import asyncio, collections
            seen, todo = collections.Counter(), {{Connections}}
            async def ask():
                global todo
                while todo > 0:
                    todo -= 1
                    try:
                        reader, writer = await asyncio.wait_for(asyncio.open_connection('{{_cluster.NodeA.IPv4}}', 30871), 10)
                        name = (await asyncio.wait_for(reader.read(), 10)).decode().strip()
                        writer.close()
                    except (OSError, TimeoutError, asyncio.TimeoutError) as e:
                        name = repr(e)
                    seen[name] += 1
            async def main():
                await asyncio.gather(*(ask() for _ in range(100)))
            asyncio.run(main())
            print(*sorted(seen), sum(seen.values()))
            """);

        var result = (await client.ResultAsync(TimeSpan.FromMinutes(5))).MustSucceed();

        Assert.That(result, Is.EqualTo($"web-3 web-4 {Connections}"));
    }

    [Test]
    public async Task Ports_AllTaken_ClientIsRefusedAndCounted()
    {
        // What is left for clients from outside: 65534 and 65535.
        _cluster.NodeA.Tune("ipv4/ip_local_port_range", "1024 65533");
        await _cluster.StartDaemonsAsync();
        await using var client = _cluster.Client.OpenPython();

        var held = await client.AskAsync($"held = [tcp('{_cluster.NodeA.IPv4}', 30873) for _ in range(2)]\n[echo(s) for s in held]");
        var refused = await client.AskAsync($"tcp('{_cluster.NodeA.IPv4}', 30873)");
        var counted = await OutsideCluster.CountAsync(_cluster.NodeA, "drop_no_port");
        var kept = await client.AskAsync("[echo(s) for s in held]");

        Assert.That((held, refused, kept), Is.EqualTo(("['web-3', 'web-3']", "ECONNREFUSED", "['web-3', 'web-3']")));
        Assert.That(counted, Is.EqualTo(1));
    }
}
