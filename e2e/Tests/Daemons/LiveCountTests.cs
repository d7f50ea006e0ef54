using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Daemons;

/// <summary>The maps know how many connections each backend has: all that are open, and none that are closed.</summary>
internal sealed class LiveCountTests
{
    private const int Each = 5;

    [TestCase("0")]
    [TestCase("MPTCP")]
    public async Task Live_ConnectionsOpenedAndClosed_CountsThoseThatAreOpen(string protocol)
    {
        await using var cluster = await RunningCluster.BuildAsync();
        cluster.Manifests.Apply(
            new ServiceManifest("web", "10.96.0.120", "fd00:10:96::120").Port(7, ServerPorts.Echo).Port(8, ServerPorts.Echo, "UDP").Backends(cluster.Webs));
        await using var daemon = await cluster.StartDaemonAsync(cluster.NodeA, "--max-slots", "256");
        await using var client = cluster.Client.StartPython($"""
            every = []
            for address in '10.96.0.120', 'fd00:10:96::120':
                for _ in range({Each}):
                    every.append(tcp(address, 7, protocol={protocol}))
                    every.append(udp(address))
                    every[-1].connect((address, 8))
            print('connected')
            sys.stdin.readline()
            for s in every:
                s.close()
            print('closed')
            sys.stdin.readline()
            """);
        await client.Output.WaitForAsync("connected", TimeSpan.FromSeconds(10));
        var open = (await LiveAsync(cluster.NodeA, "ipv4"), await LiveAsync(cluster.NodeA, "ipv6"));

        await client.WriteAsync("\n");
        await client.Output.WaitForAsync("closed", TimeSpan.FromSeconds(10));
        var closed = (await LiveAsync(cluster.NodeA, "ipv4"), await LiveAsync(cluster.NodeA, "ipv6"));

        Assert.That(open, Is.EqualTo((2L * Each, 2L * Each)));
        Assert.That(closed, Is.EqualTo((0L, 0L)));
    }

    /// <summary>The sum over all backends of a family.</summary>
    private static async Task<long> LiveAsync(Node node, string family)
    {
        var folder = Directory.GetDirectories(node.BpfFolder, $"{family}-*").Single();
        var dump = await node.RunAsync("bpftool", "-j", "map", "dump", "pinned", $"{folder}/backends");
        using var entries = JsonDocument.Parse(dump.MustSucceed());
        return entries.RootElement.EnumerateArray()
            .Sum(entry => (long)entry.GetProperty("formatted").GetProperty("value").GetProperty("live").GetUInt32());
    }
}
