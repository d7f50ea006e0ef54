using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Api.Watching;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Watching;

/// <summary>A reflector of toys at work on a server whose answers the test writes, one after the other.</summary>
internal sealed class ReflectorHarness : IAsyncDisposable
{
    private readonly Queue<Func<HttpContext, Task>> _answers;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KestrelServer _server = null!;
    private ApiClient _client = null!;
    private readonly Meter _meter = new("test");
    private Task _run = null!;

    private ReflectorHarness(Func<HttpContext, Task>[] answers) => _answers = new(answers);

    public static ApiClientOptions Fast { get; } = new()
    {
        ShortWatch = TimeSpan.Zero,
        Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(2), Longest = TimeSpan.FromMilliseconds(10) },
    };

    public MemoryStore<Toy> Store { get; } = new(t => t.Name, t => t.Value);

    public LogList Log { get; } = new();

    /// <summary>The clock of <see cref="Silence"/> alone.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>Seconds since the server last told of toys; null where nothing is expected of it.</summary>
    public double? Silence
    {
        get
        {
            double? read = null;
            using var listener = new MeterListener { InstrumentPublished = (instrument, l) => Listen(instrument, l) };
            listener.SetMeasurementEventCallback<double>((_, value, _, _) => read = value);
            listener.Start();
            listener.RecordObservableInstruments();
            return read;
        }
    }

    public IReadOnlyList<string> Requests => [.. _server.Requests.Select(r => Regex.Replace(r, "&timeoutSeconds=\\d+", ""))];

    public static string StreamingList => "/toys?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

    public static string Watch(string version) => $"/toys?watch=1&allowWatchBookmarks=true&resourceVersion={version}";

    /// <param name="answers">In order; the request after the last one is taken and never answered.</param>
    public static Task<ReflectorHarness> StartAsync(ApiClientOptions options, string selectors, params Func<HttpContext, Task>[] answers) =>
        StartAsync(options, new ToyCodec(selectors), answers);

    public static async Task<ReflectorHarness> StartAsync(ApiClientOptions options, ToyCodec codec, params Func<HttpContext, Task>[] answers)
    {
        var harness = new ReflectorHarness(answers);
        harness._server = await KestrelServer.StartAsync(harness.AnswerAsync);
        var metrics = new ApiMetrics(harness._meter);
        var logger = harness.Log.For<ReflectorHarness>();
        var config = new ApiServerConfig { Server = harness._server.Address, Origin = "the test" };
        harness._client = new ApiClient(config, options, metrics, TimeProvider.System);
        var failures = new FailureReporter(config, metrics, logger, TimeProvider.System);
        var context = new ReflectorContext(harness._client, options, failures, metrics, new LastHeard(harness._meter, harness.Time), logger, TimeProvider.System);
        harness._run = new Reflector<Toy>(context, codec, harness.Store, new Random(1)).RunAsync(harness._stop.Token);
        return harness;
    }

    public static Task<ReflectorHarness> StartAsync(params Func<HttpContext, Task>[] answers) => StartAsync(Fast, "", answers);

    /// <summary>A watch that tells these events and then ends; it stays open where the last one is <c>...</c>, and ends within an event at <c>!</c>.</summary>
    public static Func<HttpContext, Task> Stream(params string[] events) => async context =>
    {
        var protobuf = context.Request.Headers.Accept.ToString().StartsWith("application/vnd.kubernetes.protobuf", StringComparison.Ordinal);
        context.Response.ContentType = protobuf ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/json";
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        foreach (var text in events)
        {
            if (text == "...")
            {
                await NeverAsync(context);
            }
            else if (text == "!")
            {
                await context.Response.Body.WriteAsync(Frame("ADDED half", protobuf).AsMemory()[..8]);
                return;
            }

            await context.Response.Body.WriteAsync(Frame(text, protobuf));
            await context.Response.Body.FlushAsync();
        }
    };

    /// <summary>A page of a list, as <see cref="ToyCodec"/> reads it.</summary>
    public static Func<HttpContext, Task> Page(string head, params string[] items) => context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(string.Join('\n', [head, .. items]));
    };

    public static Func<HttpContext, Task> Error(int code, string reason, string message = "as told") => context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"kind":"Status","reason":"{{reason}}","message":"{{message}}","code":{{code}}}""");
    };

    public static Task NeverAsync(HttpContext context) => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);

    /// <summary>Waits for the request after the last answer, and gives its URL.</summary>
    /// <exception cref="TimeoutException">None came.</exception>
    public async Task<string> NextRequestAsync(TimeSpan? patience = null)
    {
        await _exhausted.Task.WaitAsync(patience ?? TimeSpan.FromSeconds(20));
        return Requests[^1];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThatAsync(() => _run, Throws.InstanceOf<OperationCanceledException>(), "the reflector should run until it is cancelled");
        _client.Dispose();
        _meter.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter == _meter && instrument.Name == "kube_proxy_next_api_silence_seconds")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static byte[] Frame(string text, bool protobuf)
    {
        if (!protobuf)
        {
            return Encoding.UTF8.GetBytes(text + "\n");
        }

        var bytes = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, text.Length);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(4));
        return bytes;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_answers.TryDequeue(out var answer))
        {
            await answer(context);
            return;
        }

        _exhausted.TrySetResult();
        await NeverAsync(context);
    }
}
