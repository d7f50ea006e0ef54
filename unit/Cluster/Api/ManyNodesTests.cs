using System.Diagnostics.Metrics;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Problems;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Cluster.Api;

/// <summary>What the daemons of a hundred nodes ask of an API server with 10,000 objects, when they start together and when it was away.</summary>
[Explicit("takes minutes and gigabytes; for docs/reliability.md")]
internal sealed class ManyNodesTests
{
    private const int Nodes = 100;
    private const int Kinds = 4;

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly CancellationTokenSource _stop = new();
    private readonly Meter _meter = new(nameof(ManyNodesTests));
    private TestApiServer _server = null!;
    private TempFolder _folder = null!;
    private Task[] _running = [];

    [SetUp]
    public async Task Start()
    {
        _folder = new();
        _server = await TestApiServer.StartAsync();
        _server.Load(new BulkLoad(Services: 5000, EndpointsPerService: 5));
    }

    [TearDown]
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        _meter.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task StartAndOutages_AreWhatTheServerCanBear()
    {
        var config = _folder.Write("config", _server.KubeConfig());
        var trackers = Enumerable.Range(0, Nodes).Select(_ => new ClusterTracker()).ToList();
        await MeasureAsync("all start together", async () =>
        {
            _running = [.. trackers.Select((tracker, i) => RunAsync(config, tracker, i))];
            await Task.WhenAll(trackers.Select(tracker => tracker.Complete));
        });

        await MeasureAsync("away for a minute", async () =>
        {
            await _server.StopListeningAsync();
            await Task.Delay(TimeSpan.FromMinutes(1), _time);
            await BackAsync();
        });
        await MeasureAsync("away for a second, five times", async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                await _server.StopListeningAsync();
                await Task.Delay(TimeSpan.FromSeconds(1), _time);
                await _server.ListenAsync();
                await Task.Delay(TimeSpan.FromSeconds(1), _time);
            }

            await _server.WaitForWatchesAsync(Nodes * Kinds);
        });
        await MeasureAsync("all versions are gone", async () =>
        {
            var lists = _server.Requests.Count(request => request.IsStreamingList);
            _server.Compact();
            _server.ExpireWatches();
            while (_server.Requests.Count(request => request.IsStreamingList) < lists + (Nodes * Kinds) || _server.CountWatches() < Nodes * Kinds)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time);
            }
        });
        Assert.That(trackers.Select(tracker => tracker.Complete.IsCompletedSuccessfully), Is.All.True);
    }

    private async Task BackAsync()
    {
        var started = _time.GetTimestamp();
        await _server.ListenAsync();
        await _server.WaitForWatchesAsync(Nodes * Kinds);
        TestContext.Out.WriteLine($"  all are back {_time.GetElapsedTime(started).TotalSeconds:0.0} s after it");
    }

    private async Task RunAsync(string path, ClusterTracker tracker, int seed)
    {
        var problems = new InputProblems(NullLogger<InputProblems>.Instance, _meter);
        var config = ApiServerConfig.Load(path, null) with { RequestsPerSecond = 5, Burst = 10 };
        await new ApiServerSource(
            config, $"node-{seed}", tracker.Services, tracker.Slices, tracker.Nodes, tracker.ServiceCidrs, problems, _meter,
            NullLogger<ApiServerSource>.Instance, _time, seed * 10).RunAsync(_stop.Token);
    }

    private async Task MeasureAsync(string what, Func<Task> happens)
    {
        var (started, requests, bytes, lists) = (_time.GetTimestamp(), _server.Requests.All.Count, LoopbackBytes(), CountLists());
        var happening = happens();
        var (peak, before) = (0, requests);
        while (!happening.IsCompleted)
        {
            await Task.WhenAny(happening, Task.Delay(TimeSpan.FromSeconds(1), _time));
            var now = _server.Requests.All.Count;
            (peak, before) = (Math.Max(peak, now - before), now);
        }

        await happening;
        TestContext.Out.WriteLine(
            $"{what}: {_time.GetElapsedTime(started).TotalSeconds:0.0} s, {before - requests} requests ({CountLists() - lists} lists), at most {peak} in a second, {(LoopbackBytes() - bytes) >> 20} MiB");
    }

    private int CountLists() => _server.Requests.Count(request => request.IsList || request.IsStreamingList);

    private static long LoopbackBytes() =>
        long.Parse(File.ReadLines("/proc/net/dev").Single(line => line.TrimStart().StartsWith("lo:", StringComparison.Ordinal)).Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
}
