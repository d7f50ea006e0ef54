namespace KubeProxyNext.EndToEnd.Faults;

/// <summary>
/// Each call of bpf(2) that a start makes fails once: at a start on a fresh node, one that takes over what is at work, and one with other
/// capacities. FAULTS=all tries every place, of a command with very many those that are spread over them; by default a few of each command.
/// </summary>
internal sealed class FaultTests
{
    private const int NoMemory = 12;
    private const int Few = 2;

    // Tables are read in batches by the thousand, each call like the one before.
    private const int Most = 600;

    // BPF_PROG_TEST_RUN: after the start sweeps go on as long as it runs.
    private const int Run = 10;

    private static readonly bool All = Environment.GetEnvironmentVariable("FAULTS") == "all";

    private RunningCluster _cluster = null!;
    private FaultyDaemon _faulty = null!;

    [SetUp]
    public async Task Build()
    {
        _cluster = await RunningCluster.BuildAsync();
        _cluster.Manifests.Apply(new ServiceManifest("web", "10.96.98.1", "fd00:10:96::62:1").Port(80, ServerPorts.Greeting).Port(7, ServerPorts.Echo).Port(7, ServerPorts.Echo, "UDP")
            .Backends(_cluster.Webs[2]));
        _faulty = await FaultyDaemon.BuildAsync(_cluster.NodeA);
    }

    [TearDown]
    public async Task Remove()
    {
        _faulty.Dispose();
        await _cluster.DisposeAsync();
    }

    [Test]
    public async Task FreshNode_AnyCallFails_SaysSoAndTheNextStartServes()
    {
        await using var client = _cluster.Client.OpenPython();

        await foreach (var fault in FaultsAsync(CleanAsync))
        {
            await CleanAsync();
            if (await StartsAsync(fault))
            {
                await AssertServedAsync(client, fault);
            }

            await AssertNextStartServesAsync(client, fault);
        }

        Task CleanAsync() => Daemon.CleanupAsync(_cluster.NodeA);
    }

    [TestCase("")]
    [TestCase("--max-frontends 100 --max-flows 4000 --max-sockets 256 --max-affinities 512")]
    public async Task Restart_AnyCallFails_ClientsDoNotNotice(string other)
    {
        await RestoreAsync();
        await using var client = _cluster.Client.OpenPython();
        await client.AskAsync("kept = [tcp('10.96.98.1', 7), connected_udp('10.96.98.1', 7), tcp('fd00:10:96::62:1', 7)]\n[echo(s) for s in kept]");
        var options = other.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        await foreach (var fault in FaultsAsync(RestoreAsync, options))
        {
            if (options.Length > 0)
            {
                await RestoreAsync();
            }

            await StartsAsync(fault, options);
            await AssertGoesOnAsync(fault);
            await AssertNextStartServesAsync(client, fault, options);
            await AssertGoesOnAsync($"after {fault}");
        }

        async Task RestoreAsync() => await (await _cluster.StartDaemonAsync(_cluster.NodeA)).DisposeAsync();

        async Task AssertGoesOnAsync(string when)
        {
            await AssertServedAsync(client, when);
            Assert.That(await client.AskAsync("[echo(s) for s in kept]"), Is.EqualTo("['web-3', 'web-3', 'web-3']"), when);
        }
    }

    private async IAsyncEnumerable<string> FaultsAsync(Func<Task> prepare, params string[] options)
    {
        await prepare();
        var counts = await _faulty.CountAsync(_cluster.NodeA, ["--source", _cluster.Manifests.Path, .. options]);
        for (var command = 0; command < counts.Count; command++)
        {
            var places = Math.Min(counts[command], All && command != Run ? Most : Few);
            for (var i = 0; i < places; i++)
            {
                yield return $"{command}:{1 + i * counts[command] / places}:{NoMemory}";
            }
        }
    }

    // Whether it serves; if not, it has ended with one line that names what the kernel refused.
    private async Task<bool> StartsAsync(string fault, params string[] options)
    {
        var (exitCode, log) = await _faulty.StartAsync(_cluster.NodeA, fault, ["--source", _cluster.Manifests.Path, .. options]);

        Assert.That(exitCode, Is.Null.Or.EqualTo(1), $"{fault}\n{log}");
        Assert.That(log, Does.Not.Contain("   at ").And.Not.Contain("Unhandled"), fault);
        if (exitCode is not null)
        {
            Assert.That(log, Does.Match(@"kube-proxy-next: [a-z ]+ .*\(errno \d+\)"), fault);
        }

        return exitCode is null;
    }

    private async Task AssertNextStartServesAsync(PythonSession client, string fault, params string[] options)
    {
        await using var next = await _cluster.StartDaemonAsync(_cluster.NodeA, options);
        await AssertServedAsync(client, $"the start after {fault}");
    }

    private static async Task AssertServedAsync(PythonSession client, string when) =>
        Assert.That(await client.AskAsync("greeting('10.96.98.1', 80), greeting('fd00:10:96::62:1', 80)"), Is.EqualTo("('web-3', 'web-3')"), when);
}
