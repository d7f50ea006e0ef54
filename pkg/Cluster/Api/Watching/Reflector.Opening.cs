using System.Net;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <content>How a watch begins: from a version, or with a list.</content>
internal sealed partial class Reflector<T>
{
    private readonly PagedLister<T> _pages = new(context.Client, codec, context.Options, context.Time);
    private bool _streamingRefused;
    private bool _streamingBroke;

    /// <summary>The events that follow on what the store holds; a list comes first where that is needed.</summary>
    private async Task<WatchStream<T>> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenHereAsync(cancellationToken);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound && _query.TrySwitchPath())
        {
            return await OpenHereAsync(cancellationToken);
        }
    }

    private async Task<WatchStream<T>> OpenHereAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _versions.Latest is { } version
                ? await OpenStreamAsync(_query.Watch(version, WatchSeconds()), cancellationToken)
                : await ListAsync(cancellationToken);
        }
        catch (ApiException e) when (e.IsAboutFieldSelector && _query.TryDropFieldSelector())
        {
            WatchingLog.FieldSelectorRefused(context.Logger, codec.Resource, e.Status.Message);
            return await OpenHereAsync(cancellationToken);
        }
    }

    private async Task<WatchStream<T>> ListAsync(CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        if (!_streamingRefused && !_streamingBroke && await TryStreamListAsync(started, cancellationToken) is { } stream)
        {
            return stream;
        }

        _streamingBroke = false;
        var list = await _pages.ListAsync(_query, cancellationToken);
        Take(list.Items, list.Unusable, list.ResourceVersion, started);
        return await OpenStreamAsync(_query.Watch(list.ResourceVersion, WatchSeconds()), cancellationToken);
    }

    /// <summary>Null where the server does not know streaming lists. One that broke is followed by pages at the next try.</summary>
    private async Task<WatchStream<T>?> TryStreamListAsync(long started, CancellationToken cancellationToken)
    {
        WatchStream<T>? stream = null;
        try
        {
            stream = await OpenStreamAsync(_query.StreamingList(WatchSeconds()), cancellationToken);
            var (items, unusable, version) = await ReadInitialEventsAsync(stream);
            Take(items, unusable, version, started);
            return stream;
        }
        catch (ApiException e) when (e.IsRejected && !e.IsAboutFieldSelector)
        {
            stream?.Dispose();
            _streamingRefused = true;
            WatchingLog.StreamingListRefused(context.Logger, codec.Resource, e.Message);
            return null;
        }
        catch when (stream is not null)
        {
            stream.Dispose();
            _streamingBroke = true;
            throw;
        }
    }

    private async Task<(IReadOnlyCollection<T> Items, IReadOnlyCollection<ObjectName> Unusable, string Version)> ReadInitialEventsAsync(WatchStream<T> stream)
    {
        var items = new Dictionary<ObjectName, T>();
        var unusable = new List<ObjectName>();
        var versions = new VersionWindow(int.MaxValue);
        while (await stream.MoveNextAsync(context.Options.ListSilence, context.Options.ListTimeout))
        {
            var watchEvent = stream.Current;
            switch (watchEvent.Type)
            {
                case WatchEventType.Error:
                    throw ToException(watchEvent.Error);
                case WatchEventType.Bookmark when watchEvent.EndsInitialEvents:
                    return (items.Values, unusable, watchEvent.ResourceVersion);
                case WatchEventType.Bookmark:
                case var _ when !versions.Admit(watchEvent.Name, watchEvent.ResourceVersion):
                    break;
                case WatchEventType.Deleted:
                    items.Remove(watchEvent.Name);
                    break;
                default:
                    if (watchEvent.Object is { } item)
                    {
                        items[watchEvent.Name] = item;
                    }
                    else if (watchEvent.Name != default)
                    {
                        unusable.Add(watchEvent.Name);
                    }

                    break;
            }
        }

        throw new EndOfStreamException($"the stream ended before the list of {codec.Resource} was complete");
    }

    private void Take(IReadOnlyCollection<T> items, IReadOnlyCollection<ObjectName> unusable, string version, long started)
    {
        store.Replace(items, unusable);
        HasListed = true;
        _versions.Restart(version);
        context.Failures.Succeeded(codec.Resource);
        context.Metrics.List(codec.Resource);
        context.Heard.Note(codec.Resource);
        WatchingLog.Listed(context.Logger, items.Count, codec.Resource, version, context.Time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<WatchStream<T>> OpenStreamAsync(string url, CancellationToken cancellationToken) => new(
        await context.Client.GetAsync(url, cancellationToken), codec, context.Options.LongestFrame, context.Time, cancellationToken);

    // Spread out, so that the watches of all nodes do not end together.
    private int WatchSeconds() => (int)(context.Options.ShortestWatchTimeout.TotalSeconds * (1 + random.NextDouble()));
}
