using KubeProxyNext.Cluster.Api.Http;
using Polly;
using Polly.Retry;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>
/// Keeps a store in step with the API server's objects of one kind: a complete list first, then what changes. A stream that
/// ends or breaks is resumed from the last version; only where that version is gone, or what comes cannot be decoded, a new
/// list is taken. A list replaces the store's content by difference; nothing is ever removed for want of a connection.
/// </summary>
/// <param name="random">For delays and watch timeouts; not shared.</param>
/// <param name="isOptional">Where the server does not have this kind, or does not show it, it ends instead of trying again.</param>
internal sealed partial class Reflector<T>(
    ReflectorContext context, IResourceCodec<T> codec, IObjectStore<T> store, Random random, bool isOptional = false)
    where T : class
{
    private readonly ResourceQuery _query = new(codec.Path, codec.OlderPath, codec.Selectors);
    private readonly Backoff _backoff = new(context.Options.Backoff, context.Time, random);
    private readonly VersionWindow _versions = new();
    private string? _undecodableAfter;
    private int _silentWatches;

    /// <summary>Whether a complete list was ever taken.</summary>
    public bool HasListed { get; private set; }

    /// <summary>Runs until cancelled, whatever the server does.</summary>
    /// <exception cref="ApiException">The kind is optional and not to be had.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = context.Time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is { } e && !IsFinal(e) && !args.Context.CancellationToken.IsCancellationRequested),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(
                    _backoff.Next((args.Outcome.Exception as ApiException)?.RetryAfter)),
                OnRetry = args =>
                {
                    context.Failures.Failed(codec.Resource, args.Outcome.Exception!, args.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        context.Heard.Note(codec.Resource);
        try
        {
            await retry.ExecuteAsync(static async (self, token) => await self.FollowAsync(token), this, cancellationToken);
        }
        finally
        {
            context.Heard.Forget(codec.Resource);
        }
    }

    private bool IsFinal(Exception failure) => isOptional && failure is ApiException { IsUnavailable: true };

    /// <summary>Follows watch after watch, until something breaks.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var stream = await OpenAsync(cancellationToken);
                await FollowAsync(stream);
            }
        }
        catch (Exception e) when (LosesItsPlace(e))
        {
            _versions.Forget();
            throw;
        }
    }

    private async Task FollowAsync(WatchStream<T> stream)
    {
        try
        {
            while (await stream.MoveNextAsync(context.Options.WatchSilence))
            {
                Apply(stream.Current);
                context.Heard.Note(codec.Resource);
                if (!stream.IsProven)
                {
                    // Not when it opens: one that opens and breaks, over and over, is no recovery.
                    stream.IsProven = true;
                    context.Failures.Succeeded(codec.Resource);
                }
            }
        }
        finally
        {
            _silentWatches = stream.HasBytes ? 0 : _silentWatches + 1;
        }

        if (stream.Age < context.Options.ShortWatch)
        {
            throw new EndOfStreamException($"the server ended the watch of {codec.Resource} within {stream.Age.TotalSeconds:0.0} s");
        }
    }

    private void Apply(in WatchEvent<T> watchEvent)
    {
        switch (watchEvent.Type)
        {
            case WatchEventType.Error:
                throw ToException(watchEvent.Error);
            case WatchEventType.Bookmark:
                TakeBookmark(watchEvent.ResourceVersion);
                break;
            case var _ when !_versions.Admit(watchEvent.Name, watchEvent.ResourceVersion):
                context.Metrics.StaleEvent(codec.Resource);
                break;
            case WatchEventType.Deleted:
                store.Remove(watchEvent.Name);
                break;
            default:
                // An unusable object has been reported by the codec; its last good state stays.
                if (watchEvent.Object is { } item)
                {
                    store.Upsert(item);
                }

                break;
        }
    }

    private void TakeBookmark(string version)
    {
        if (!_versions.Advance(version))
        {
            throw new ApiException(
                new ApiStatus(410, "Expired", $"the server is back at version {version}, from before the list"), retryAfter: null);
        }
    }

    private static ApiException ToException(ApiStatus? status) => new(
        status ?? new ApiStatus(0, "Unknown", "an ERROR event without a status"),
        status is { RetryAfterSeconds: > 0 } ? TimeSpan.FromSeconds(status.RetryAfterSeconds) : null);

    // Two silent watches in a row: the version may lie in the server's future (it was restored from a backup), where it
    // would wait for ever. What could not be decoded is tried once more before the same is asked for in a list.
    private bool LosesItsPlace(Exception failure)
    {
        switch (failure)
        {
            case ApiException { IsGone: true }:
                return true;
            case TimeoutException:
                return _silentWatches > 1;
            case InvalidDataException when _undecodableAfter == _versions.Latest:
                return true;
            case InvalidDataException:
                _undecodableAfter = _versions.Latest;
                return false;
            default:
                return false;
        }
    }
}
