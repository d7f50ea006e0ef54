using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Storage;

/// <summary>What a watch is to do next.</summary>
internal abstract record WatchItem
{
    /// <summary>ADDED for each object that is there already.</summary>
    internal sealed record InitialState(StoredObject[] Objects) : WatchItem;

    internal sealed record Change(StoreEvent Event) : WatchItem;

    internal sealed record Bookmark(long Version, bool EndsInitialEvents = false) : WatchItem;

    /// <summary>An event as it is, whatever the selectors say.</summary>
    internal sealed record Verbatim(string Type, StoredObject Object) : WatchItem;

    /// <summary>An ERROR event, and the end of the stream.</summary>
    internal sealed record Failure(ApiStatusBody Status) : WatchItem;

    /// <summary>Bytes that are no event, as one line or one frame.</summary>
    internal sealed record Noise(byte[] Content) : WatchItem;

    /// <summary>Half an event, and the end of the connection.</summary>
    internal sealed record Cut : WatchItem;

    /// <summary>Half an event where asked for, and then nothing, for as long as the client waits.</summary>
    internal sealed record Stall(bool InMidEvent) : WatchItem;

    internal sealed record End : WatchItem;
}
