using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>What happened while a real server was recorded happens here, and must look the same on the wire.</summary>
[TestFixture]
internal sealed class RecordedWatchTests : ApiServerFixture
{
    private const string Services = ServicesPath
        + "?labelSelector=%21service.kubernetes.io%2Fservice-proxy-name&fieldSelector=spec.clusterIP%21%3DNone&watch=1&resourceVersion=122";

    private const string Slices = SlicesPath + "?labelSelector=%21service.kubernetes.io%2Fheadless&watch=1&resourceVersion=122";

    private const string StreamingList = SlicesPath
        + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

    [TestCase("services-watch", Services)]
    [TestCase("slices-watch", Slices)]
    public async Task Watch_InJson_TellsWhatTheRealServerTold(string recording, string url)
    {
        var expected = Recorded.Load($"{recording}.json").Events;
        Restore();
        Replay();

        using var watch = await Client.WatchAsync(url, Cancellation);

        foreach (var e in expected)
        {
            var told = await watch.NextAsync(Cancellation);
            Assert.That(JsonNode.DeepEquals(told, e), $"{told}\ninstead of\n{e}");
        }
    }

    [TestCase("services-watch", Services)]
    [TestCase("slices-watch", Slices)]
    public async Task Watch_InProtobuf_IsByteForByteTheRealServers(string recording, string url)
    {
        var expected = Recorded.Load($"{recording}.pb");
        Restore();

        // This one is live: the events happen while the client waits.
        using var answer = await Client.OpenAsync(url, RawClient.Protobuf + ";type=watch", Cancellation);
        Replay();

        Assert.That(answer.Content.Headers.NonValidated["Content-Type"].ToString(), Is.EqualTo(expected.Headers["Content-Type"]));
        Assert.That(await ReadAsync(answer, expected.Body.Length), Is.EqualTo(expected.Body));
    }

    [Test]
    public async Task StreamingList_InJson_EndsWithTheBookmarkOfTheRealServer()
    {
        var expected = Recorded.Load("slices-streaming-list.json").Events;
        RestoreStreamed(expected);

        using var watch = await Client.WatchAsync(StreamingList, Cancellation);

        foreach (var e in expected)
        {
            var told = await watch.NextAsync(Cancellation);
            Assert.That(JsonNode.DeepEquals(told, e), $"{told}\ninstead of\n{e}");
        }
    }

    [Test]
    public async Task StreamingList_InProtobuf_IsByteForByteTheRealServers()
    {
        var expected = Recorded.Load("slices-streaming-list.pb");
        RestoreStreamed(Recorded.Load("slices-streaming-list.json").Events);

        using var answer = await Client.OpenAsync(StreamingList, RawClient.Protobuf + ";type=watch", Cancellation);

        Assert.That(await ReadAsync(answer, expected.Body.Length), Is.EqualTo(expected.Body));
    }

    [TestCase("slices-watch-too-old.json", RawClient.Json)]
    [TestCase("slices-watch-too-old.pb", RawClient.Protobuf + ";type=watch")]
    public async Task Watch_FromAnExpiredVersion_IsStatus200AndOneError(string recording, string accept)
    {
        var expected = Recorded.Load(recording);
        Api.Restore("""{"kind":"EndpointSliceList","metadata":{"resourceVersion":"144"},"items":[]}""");

        var answer = await Client.GetAsync(SlicesPath + "?watch=1&resourceVersion=20", accept, Cancellation);

        Assert.That(answer.Status, Is.EqualTo(expected.Status));
        Assert.That(answer.Headers["Content-Type"], Is.EqualTo(expected.Headers["Content-Type"]));
        Assert.That(answer.Text, Is.EqualTo(expected.Text));
    }

    [Test]
    public async Task Watch_FromTheFuture_TellsNothing()
    {
        var expected = Recorded.Load("slices-watch-future.json");
        Restore();

        var answer = await Client.GetAsync(
            SlicesPath + "?watch=1&resourceVersion=999999&timeoutSeconds=1", RawClient.Json, Cancellation);

        Assert.That((answer.Status, answer.Text), Is.EqualTo((expected.Status, expected.Text)));
    }

    [Test]
    public async Task Watch_WhoseTimeIsOver_EndsCleanly()
    {
        var expected = Recorded.Load("slices-watch-times-out.json").Events;
        Restore();
        Replay();

        var answer = await Client.GetAsync(Slices + "&timeoutSeconds=1", RawClient.Json, Cancellation);

        Assert.That(answer.Events, Is.EqualTo(expected).Using<JsonNode>(JsonNode.DeepEquals));
    }

    private void Restore()
    {
        Api.Restore(Recorded.Load("services-list.json").Text);
        Api.Restore(Recorded.Load("slices-list.json").Text);
    }

    /// <summary>Makes a list, and restores it, of what a streaming list told.</summary>
    private void RestoreStreamed(JsonNode[] events)
    {
        var items = events[..^1].Select(e => e["object"]!.DeepClone());
        var list = new JsonObject
        {
            ["kind"] = "EndpointSliceList",
            ["metadata"] = events[^1]["object"]!["metadata"]!.DeepClone(),
            ["items"] = new JsonArray([.. items]),
        };
        Api.Restore(list.ToJsonString());
    }

    /// <summary>The story of the recordings, versions 123 to 128.</summary>
    private void Replay()
    {
        var ready = Recorded.Load("slices-watch.json").Events[0]["object"]!.AsObject();
        Api.Apply(ApiResource.EndpointSlices, ready);
        Api.Edit(ApiResource.EndpointSlices, "shop/web-6", o => o["metadata"]!["labels"]!["service.kubernetes.io/headless"] = "");
        var elsewhere = new JsonObject { ["service.kubernetes.io/service-proxy-name"] = "other" };
        Api.Edit(ApiResource.Services, "shop/web", o => o["metadata"]!["labels"] = elsewhere);
        Api.Edit(ApiResource.Services, "shop/web", o => o["metadata"]!.AsObject().Remove("labels"));
        Api.Edit(
            ApiResource.EndpointSlices, "shop/web-6", o => o["metadata"]!["labels"]!.AsObject().Remove("service.kubernetes.io/headless"));
        Api.Delete(ApiResource.EndpointSlices, "shop/web-6");
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int length)
    {
        var bytes = new byte[length];
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        await stream.ReadExactlyAsync(bytes, Cancellation);
        return bytes;
    }
}
