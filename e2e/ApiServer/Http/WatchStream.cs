using System.Diagnostics;
using System.Threading.Channels;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>
/// Turns what happens into events on the wire, as one client's selectors see it. Flushed whenever nothing more is waiting.
/// </summary>
internal sealed class WatchStream(
    EventEncoder encoder, ObjectFilter filter, Trouble trouble, AnswerBody body, Action<WrittenEvent>? onWritten)
{
    private readonly bool _duplicates = trouble.Has<Misbehaviour.DuplicateEvents>();
    private readonly bool _stale = trouble.Has<Misbehaviour.StaleEvents>();

    /// <summary>Runs until the stream is to end.</summary>
    public async Task RunAsync(ChannelReader<WatchItem> items, CancellationToken cancellation)
    {
        while (await items.WaitToReadAsync(cancellation))
        {
            while (items.TryRead(out var item))
            {
                if (!await HandleAsync(item))
                {
                    await body.FlushAsync();
                    return;
                }
            }

            await body.FlushAsync();
        }
    }

    /// <returns>False where the stream ends after it.</returns>
    private async ValueTask<bool> HandleAsync(WatchItem item)
    {
        switch (item)
        {
            case WatchItem.Change change:
                await ChangeAsync(change.Event);
                return true;
            case WatchItem.InitialState state:
                await InitialAsync(state.Objects);
                return true;
            case WatchItem.Bookmark bookmark:
                await body.WriteAsync(encoder.Bookmark(bookmark.Version, bookmark.EndsInitialEvents));
                return true;
            case WatchItem.Verbatim verbatim:
                await EventAsync(verbatim.Type, verbatim.Object);
                return true;
            case WatchItem.Noise noise:
                await body.WriteAsync(encoder.Noise(noise.Content));
                return true;
            case WatchItem.Failure failure:
                await body.WriteAsync(encoder.Error(failure.Status));
                return false;
            default:
                await EndAsync(item);
                return false;
        }
    }

    private async Task EndAsync(WatchItem item)
    {
        var half = encoder.Bookmark(version: 1, endsInitialEvents: false);
        half = half[..(half.Length / 2)];
        switch (item)
        {
            case WatchItem.Cut:
                await body.WriteAsync(half);
                await body.CutAsync();
                break;
            case WatchItem.Stall stall:
                await body.WriteAsync(stall.InMidEvent ? half : []);
                await body.StallAsync();
                break;
        }
    }

    private async ValueTask InitialAsync(StoredObject[] objects)
    {
        foreach (var item in objects)
        {
            if (filter.Matches(item))
            {
                await EventAsync("ADDED", item);
            }
        }
    }

    /// <summary>An object that comes into the selectors' view was added, one that leaves it was deleted.</summary>
    private async ValueTask ChangeAsync(StoreEvent change)
    {
        var was = change.Before is { } before && filter.Matches(before);
        var isNow = change.After is { } after && filter.Matches(after);
        switch (was, isNow)
        {
            case (false, true):
                await EventAsync("ADDED", change.After!);
                break;
            case (true, false):
                await EventAsync("DELETED", change.Gone);
                break;
            case (true, true):
                await EventAsync("MODIFIED", change.After!);
                if (_stale)
                {
                    await EventAsync("MODIFIED", change.Before!);
                }

                break;
        }
    }

    private async ValueTask EventAsync(string type, StoredObject item)
    {
        var bytes = encoder.Object(type, item);
        onWritten?.Invoke(new WrittenEvent(item.Resource, type, item.Key, item.Version, Stopwatch.GetTimestamp()));
        await body.WriteAsync(bytes);
        if (_duplicates)
        {
            await body.WriteAsync(bytes);
        }
    }
}
