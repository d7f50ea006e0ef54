using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.Channels;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace KubeProxyNext.Cluster.Events;

/// <summary>
/// Posts Events to an API server, one after the other, from a queue of its own. Events are worth a few tries and no more: what
/// cannot be posted, or finds the queue full, is left out, counted, and each trouble is said once.
/// </summary>
/// <param name="nodeName">As in <see cref="NodeConfig.NodeName"/>.</param>
/// <param name="meter">Makes the counter <c>kube_proxy_next_events_dropped_total</c>.</param>
/// <param name="seed">For delays, which should differ from node to node.</param>
public sealed class ApiEventRecorder(
    ApiServerConfig config, string nodeName, Meter meter, ILogger<ApiEventRecorder> logger, TimeProvider time, int seed) : IEventRecorder
{
    internal const int Capacity = 64;
    private const int MaxRetries = 4;

    private readonly Lock _lock = new();
    private readonly RecentEvents _recent = new(time);
    private readonly HashSet<string> _saidTroubles = [];
    private readonly Counter<long> _dropped = meter.CreateCounter<long>(
        "kube_proxy_next_events_dropped_total", description: "Events about Services that were not posted, by reason.");

    // Between events, who waits until it is their turn.
    private readonly Channel<(ServiceEvent? Event, TaskCompletionSource? Turn)> _queue =
        Channel.CreateBounded<(ServiceEvent?, TaskCompletionSource?)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private DateTimeOffset _lastTime;

    internal ApiClientOptions Options { get; init; } = new();

    /// <inheritdoc/>
    public void Warn(ObjectName service, Guid uid, string reason, string action, string note) =>
        Queue(service, uid, isWarning: true, reason, action, note);

    /// <inheritdoc/>
    public void Tell(ObjectName service, string reason, string action, string note) =>
        Queue(service, Guid.Empty, isWarning: false, reason, action, note);

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((null, turn), cancellationToken);
        await turn.Task.WaitAsync(cancellationToken);
    }

    private void Queue(ObjectName service, Guid uid, bool isWarning, string reason, string action, string note)
    {
        ServiceEvent e;
        lock (_lock)
        {
            if (_recent.Has(service, reason, note))
            {
                return;
            }

            e = new(service, uid, isWarning, reason, action, note, NextTime());
            if (_queue.Writer.TryWrite((e, null)))
            {
                _recent.Add(service, reason, note);
                return;
            }
        }

        Drop(e, new("full", "full", $"more than {Capacity} are waiting"));
    }

    /// <summary>Posts what is in the queue, and what comes, until cancelled. Whatever the server says, it does not fail.</summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new ApiClient(config, Options, new ApiMetrics(meter), time);
        var retry = CreateRetry();
        await foreach (var (e, turn) in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            turn?.TrySetResult();
            if (e is not null)
            {
                await PostAsync(client, retry, e, cancellationToken);
            }
        }
    }

    private ResiliencePipeline CreateRetry()
    {
        var backoff = new Backoff(Options.Backoff, time, new Random(seed));
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = MaxRetries,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is { } e && !IsFinal(e) && !args.Context.CancellationToken.IsCancellationRequested),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(backoff.Next((args.Outcome.Exception as ApiException)?.RetryAfter)),
            })
            .Build();
    }

    private async Task PostAsync(ApiClient client, ResiliencePipeline retry, ServiceEvent e, CancellationToken cancellationToken)
    {
        try
        {
            var path = $"/apis/events.k8s.io/v1/namespaces/{Uri.EscapeDataString(e.Namespace)}/events";
            var body = EventBody.Write(e, nodeName);
            await retry.ExecuteAsync(
                static async (state, token) => await state.client.PostAsync(state.path, state.body, token), (client, path, body), cancellationToken);
        }
        catch (ApiException conflict) when (conflict.Code == HttpStatusCode.Conflict)
        {
            // An earlier try, whose answer was lost, did it.
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Drop(e, Explain(failure));
        }
    }

    // What the server understood and will not have, it will not have the next time either.
    private static bool IsFinal(Exception failure) => failure is ApiException
    {
        Code: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests),
    };

    private Problem Explain(Exception failure) => failure is ApiException { Code: HttpStatusCode.Forbidden }
        ? new(
            "forbidden",
            "forbidden",
            $"the API server {config.Server} does not let {config.Origin} post them ({failure.Message}); "
            + "check that its ClusterRole grants create on events of events.k8s.io")
        : FailureExplainer.Explain(config, "events", failure);

    private void Drop(ServiceEvent e, Problem problem)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = _saidTroubles.Add(problem.Reason);
        }

        _dropped.Add(1, new KeyValuePair<string, object?>("reason", problem.Reason));
        EventsLog.Dropped(logger, e.Name, problem.Reason);
        if (isNews)
        {
            EventsLog.NotPosted(logger, problem.Text);
        }
    }

    // Two events of one Service must not have one name, so no two have one time.
    private DateTimeOffset NextTime()
    {
        var now = time.GetUtcNow();
        return _lastTime = now > _lastTime ? now : _lastTime.AddTicks(1);
    }
}
