using System.Text;
using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>What befalls watches.</summary>
[TestFixture]
internal sealed class WatchMisbehaviourTests : ApiServerFixture
{
    private const string Watch = ServicesPath + "?watch=1&resourceVersion=1&allowWatchBookmarks=true";

    [Test]
    public async Task CutWatches_LeavesHalfAnEvent()
    {
        using var answer = await Client.OpenAsync(Watch, RawClient.Json, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);

        Api.CutWatches(ApiResource.Services);

        var half = new byte[20];
        await body.ReadExactlyAsync(half, Cancellation);
        Assert.That(Encoding.UTF8.GetString(half), Does.StartWith("""{"type":"""));
        Assert.That(async () => await body.CopyToAsync(Stream.Null, Cancellation), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task StallWatches_TellNothingMore()
    {
        using var watch = await Client.WatchAsync(Watch, Cancellation);
        using var other = await Client.WatchAsync(SlicesPath + "?watch=1&resourceVersion=1", Cancellation);
        await Api.WaitForWatchesAsync(2, cancellation: Cancellation);

        Api.StallWatches(ApiResource.Services);
        Api.Apply(Service("web"));
        Api.Apply(Objects.Slice("shop/web-a", "web").Port(80).Endpoint("10.0.0.1"));

        var silent = watch.NoteAsync(Cancellation);
        Assert.That(await other.NoteAsync(Cancellation), Is.EqualTo("ADDED web-a@3"));
        Assert.That(silent.IsCompleted, Is.False);
        Api.CloseConnections();
        Assert.That(async () => await silent, Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task EndWatches_IsACleanEnd()
    {
        using var watch = await Client.WatchAsync(Watch, Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);

        Api.EndWatches();

        Assert.That(await watch.NextAsync(Cancellation), Is.Null);
    }

    [Test]
    public async Task DuplicateEvents_ComeTwice()
    {
        Api.Misbehave(new Misbehaviour.DuplicateEvents(), kind: RequestKind.Watch);

        using var watch = await Client.WatchAsync(Watch, Cancellation);
        Api.Apply(Service("web"));

        Assert.That(await NotesAsync(watch, 2), Is.EqualTo(new[] { "ADDED web@2", "ADDED web@2" }));
    }

    [Test]
    public async Task StaleEvents_FollowNewerOnes()
    {
        Api.Misbehave(new Misbehaviour.StaleEvents(), kind: RequestKind.Watch);

        using var watch = await Client.WatchAsync(Watch, Cancellation);
        Api.Apply(Service("web"));
        Api.Apply(Service("web", "10.96.0.11"));

        Assert.That(await NotesAsync(watch, 3), Is.EqualTo(new[] { "ADDED web@2", "MODIFIED web@3", "MODIFIED web@2" }));
    }

    [Test]
    public async Task EventsOnCommand_ComeAsAsked()
    {
        Api.Apply(Service("web"));
        using var watch = await Client.WatchAsync(Watch, Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);
        Assert.That(await watch.NoteAsync(Cancellation), Is.EqualTo("ADDED web@2"));

        Api.RepeatEvent("ADDED", ApiResource.Services, "shop/web");
        Api.SendOldEvent(
            "DELETED",
            ApiResource.Services,
            """{"kind":"Service","metadata":{"name":"web","namespace":"shop","resourceVersion":"1"}}""");
        Api.SendBookmarks();

        Assert.That(await NotesAsync(watch, 3), Is.EqualTo(new[] { "ADDED web@2", "DELETED web@1", "BOOKMARK @2" }));
    }

    [Test]
    public async Task SendNoise_IsALineThatIsNoEvent()
    {
        using var answer = await Client.OpenAsync(Watch, RawClient.Json, Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);

        Api.SendNoise(ApiResource.Services, "nonsense"u8.ToArray());
        Api.EndWatches();

        Assert.That(await answer.Content.ReadAsStringAsync(Cancellation), Is.EqualTo("nonsense\n"));
    }

    [Test]
    public async Task RefuseStreamingLists_Is422()
    {
        Api.Misbehave(new Misbehaviour.RefuseStreamingLists());

        var answer = await Client.GetAsync(
            ServicesPath + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", RawClient.Json, Cancellation);

        Assert.That((answer.Status, (string?)answer.Json["reason"]), Is.EqualTo((422, "Invalid")));
    }

    [Test]
    public async Task IgnoreStreamingLists_EndsTheInitialEventsWithoutABookmark()
    {
        Api.Apply(Service("web"));
        Api.Misbehave(new Misbehaviour.IgnoreStreamingLists());

        using var watch = await Client.WatchAsync(
            ServicesPath + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);
        Api.Apply(Service("later"));

        Assert.That(await NotesAsync(watch, 2), Is.EqualTo(new[] { "ADDED web@2", "ADDED later@3" }));
    }

    [Test]
    public async Task Compact_ExpiresOlderVersionsOnly()
    {
        Api.Apply(Service("web"));
        Api.Compact();

        using var old = await Client.WatchAsync(Watch, Cancellation);
        using var present = await Client.WatchAsync(ServicesPath + "?watch=1&resourceVersion=2", Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);
        Api.Apply(Service("later"));

        Assert.That((int?)(await old.NextAsync(Cancellation))!["object"]!["code"], Is.EqualTo(410));
        Assert.That(await old.NextAsync(Cancellation), Is.Null);
        Assert.That(await present.NoteAsync(Cancellation), Is.EqualTo("ADDED later@3"));
    }

    [Test]
    public async Task ExpireWatches_EndsOpenOnesWith410()
    {
        using var watch = await Client.WatchAsync(Watch, Cancellation);
        await Api.WaitForWatchesAsync(1, cancellation: Cancellation);

        Api.ExpireWatches();

        Assert.That((int?)(await watch.NextAsync(Cancellation))!["object"]!["code"], Is.EqualTo(410));
        Assert.That(await watch.NextAsync(Cancellation), Is.Null);
    }

    private static async Task<string?[]> NotesAsync(WatchReader watch, int count)
    {
        var notes = new string?[count];
        for (var i = 0; i < count; i++)
        {
            notes[i] = await watch.NoteAsync(Cancellation);
        }

        return notes;
    }
}
