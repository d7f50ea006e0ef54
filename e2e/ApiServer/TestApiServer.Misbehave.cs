using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer;

/// <content>What goes wrong, and what happens on command.</content>
public sealed partial class TestApiServer
{
    /// <summary>Lets something befall the requests to come.</summary>
    /// <param name="resource">Of this kind only; null for all requests.</param>
    /// <param name="times">So many requests; null until the result is disposed.</param>
    /// <returns>Lifts it.</returns>
    public IDisposable Misbehave(Misbehaviour what, ApiResource? resource = null, RequestKind kind = RequestKind.Any, int? times = null) =>
        _troubles.Add(what, resource, kind, times);

    /// <summary>Lifts all misbehaviour; what befell a request already stays with it.</summary>
    public void Behave() => _troubles.Clear();

    /// <summary>How many watches are open; null for those of all kinds.</summary>
    public int CountWatches(ApiResource? resource = null) => _store.CountWatches(resource);

    /// <summary>Waits until at least so many watches are open: what changes then arrives there as an event.</summary>
    public Task WaitForWatchesAsync(int count, ApiResource? resource = null, CancellationToken cancellation = default) =>
        _store.WaitForWatchesAsync(resource, count, cancellation);

    /// <summary>Forgets all history: a watch that starts from an older version than the present one gets ERROR 410, Expired.</summary>
    public void Compact() => _store.Compact();

    /// <summary>Forgets the state of lists that are half read: their next page is 410, Expired.</summary>
    public void ExpirePages() => _lists.ForgetPages();

    /// <summary>Open watches get ERROR 410, Expired, and end.</summary>
    public void ExpireWatches(ApiResource? resource = null) =>
        _store.Post(resource, version => new WatchItem.Failure(ApiStatusBody.TooOld(version, version)));

    /// <summary>A bookmark with the present version to each watch that allows them.</summary>
    public void SendBookmarks(ApiResource? resource = null) =>
        _store.Post(resource, version => new WatchItem.Bookmark(version), toBookmarkersOnly: true);

    /// <summary>Open watches end as after their timeout: cleanly.</summary>
    public void EndWatches(ApiResource? resource = null) => _store.Post(resource, _ => new WatchItem.End());

    /// <summary>Open watches get half an event, then their connection ends.</summary>
    public void CutWatches(ApiResource? resource = null) => _store.Post(resource, _ => new WatchItem.Cut());

    /// <summary>Open watches fall silent, for good, and their connections stay.</summary>
    public void StallWatches(ApiResource? resource = null, bool inMidEvent = false) =>
        _store.Post(resource, _ => new WatchItem.Stall(inMidEvent));

    /// <summary>The object's present state once more, as an event of this type, whatever the selectors say.</summary>
    public void RepeatEvent(string type, ApiResource resource, string key)
    {
        var item = Find(resource, key);
        _store.Post(resource, _ => new WatchItem.Verbatim(type, item));
    }

    /// <summary>An event that tells an older state: one that comes out of order, after a newer one was told.</summary>
    public void SendOldEvent(string type, ApiResource resource, string objectJson)
    {
        var (_, body) = Input.ManifestReader.Read(objectJson).Single();
        var item = StoredObject.From(resource, body, VersionOf(body));
        _store.Post(resource, _ => new WatchItem.Verbatim(type, item));
    }

    /// <summary>A line (JSON) or a frame (protobuf) with bytes that are no event.</summary>
    public void SendNoise(ApiResource resource, byte[] content) => _store.Post(resource, _ => new WatchItem.Noise(content));

    /// <summary>Ends every TCP connection at once; the port stays open.</summary>
    public void CloseConnections() => _connections.AbortAll();
}
