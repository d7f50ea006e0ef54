using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Starts watches, and ends them when their time is over.</summary>
internal sealed class WatchHandler(ApiStore store, TimeProvider time, TimeSpan bookmarkInterval, Action<WrittenEvent>? onWritten)
{
    public async Task WatchAsync(
        HttpContext context,
        Route route,
        ListOptions options,
        Trouble trouble,
        BodyFormat format,
        AnswerBody body,
        CancellationToken cancellation)
    {
        var filter = new ObjectFilter(
            route.Namespace,
            LabelSelector.Parse(options.Labels),
            FieldSelector.Parse(route.Resource, options.Fields, trouble.Has<Misbehaviour.RefuseClusterIpSelector>()));
        using var subscription = Subscribe(route.Resource, options, trouble.Has<Misbehaviour.IgnoreStreamingLists>());
        await using var bookmarks = Bookmarks(subscription);
        using var deadline = new CancellationTokenSource(options.Timeout ?? Timeout.InfiniteTimeSpan, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var stream = new WatchStream(new EventEncoder(route.Resource, format), filter, trouble, body, onWritten);

        context.Response.ContentType = Negotiation.ContentType(format, isWatch: true);
        await context.Response.StartAsync(cancellation);
        await body.FlushAsync();
        try
        {
            await stream.RunAsync(subscription.Items, end.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // The time that the client gave is over: a clean end of the body.
        }
    }

    private Subscription Subscribe(ApiResource resource, ListOptions options, bool ignoreStreaming)
    {
        var streams = options.SendInitialEvents == true && !ignoreStreaming;
        if (streams || options.ResourceVersion is "" or "0")
        {
            return store.SubscribeWithState(
                resource, options.AllowBookmarks, endWithBookmark: streams && options.AllowBookmarks);
        }

        _ = Invariant.TryVersion(options.ResourceVersion, out var version);
        return store.SubscribeFrom(resource, version, options.AllowBookmarks);
    }

    private ITimer? Bookmarks(Subscription subscription) =>
        subscription.AllowBookmarks && bookmarkInterval > TimeSpan.Zero
            ? time.CreateTimer(_ => store.PostBookmark(subscription), null, bookmarkInterval, bookmarkInterval)
            : null;
}
