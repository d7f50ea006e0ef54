using System.Threading.Channels;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>The queue of one watch. Its end is taken out of the table when the watch is disposed.</summary>
internal sealed class Subscription(ResourceTable table, bool allowBookmarks) : IDisposable
{
    private readonly Channel<WatchItem> _items = Channel.CreateUnbounded<WatchItem>(new() { SingleReader = true });

    public ChannelReader<WatchItem> Items => _items.Reader;

    public bool AllowBookmarks { get; } = allowBookmarks;

    public void Post(WatchItem item) => _items.Writer.TryWrite(item);

    public void Dispose()
    {
        table.Unsubscribe(this);
        _items.Writer.TryComplete();
    }
}
