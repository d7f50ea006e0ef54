using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Unit.Cluster.Api;

namespace KubeProxyNext.Unit.Cluster.Events;

/// <summary>A recorder on an API server, not at work yet.</summary>
internal sealed class RecorderHarness : IAsyncDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MeterListener _listener = new();
    private readonly TempFolder _folder = new();
    private CancellationTokenSource _stop = new();
    private Task? _run;

    private RecorderHarness(TestApiServer server)
    {
        Server = server;
        Recorder = Create(TimeProvider.System);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name == "kube_proxy_next_events_dropped_total")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Dropped.Enqueue($"{tags[0].Value}"));
        _listener.Start();
    }

    public TestApiServer Server { get; }

    public ApiEventRecorder Recorder { get; private set; }

    public LogList Log { get; } = new();

    /// <summary>The reasons that were counted, each as often as it was.</summary>
    public ConcurrentQueue<string> Dropped { get; } = new();

    /// <summary>The notes of the posted events.</summary>
    public IEnumerable<string> Notes => Server.Events.All.Select(posted => posted.Note);

    public static async Task<RecorderHarness> StartAsync() => new(await TestApiServer.StartAsync());

    /// <summary>A new recorder takes its place, with another clock.</summary>
    public async Task RestartAsync(TimeProvider time)
    {
        await StopAsync();
        (_stop, Recorder) = (new(), Create(time));
    }

    public void Run() => _run = Recorder.RunAsync(_stop.Token);

    public void Warn(string note, string service = "web", string reason = "UnknownAlgorithm") =>
        Recorder.Warn(new("shop", service), Guid.Empty, reason, "PlanService", note);

    /// <summary>Waits until the event with this note is posted.</summary>
    public Task<PostedEvent> PostedAsync(string note, int after = 0) =>
        Server.Events.WaitForAsync(posted => posted.Note == note, after, TestContext.CurrentContext.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Server.DisposeAsync();
        _listener.Dispose();
        _meter.Dispose();
        _folder.Dispose();
    }

    private ApiEventRecorder Create(TimeProvider time) => new(
        ApiServerConfig.Load(_folder.Write("config", Server.KubeConfig()), null), "node-a", _meter, Log.For<ApiEventRecorder>(), time, seed: 1)
    {
        Options = SourceHarness.Impatient,
    };

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
        {
            await Assert.ThatAsync(() => _run, Throws.InstanceOf<OperationCanceledException>(), "the recorder should run until it is cancelled");
        }

        _run = null;
        _stop.Dispose();
    }
}
