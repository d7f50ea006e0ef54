using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>Pages and refusals as a real server was recorded with them.</summary>
[TestFixture]
internal sealed class RecordedAnswerTests : ApiServerFixture
{
    [Test]
    public async Task Pages_AreThoseOfTheRealServer_TokensIncluded()
    {
        var (first, second) = (Recorded.Load("services-page1.json"), Recorded.Load("services-page2.json"));
        RestoreFive(first.Json["items"]![0]!, second.Json["items"]![0]!);

        var page1 = await Client.GetAsync(ServicesPath + "?limit=1", RawClient.Json, Cancellation);
        Api.Delete(ApiResource.Services, "shop/elsewhere");
        var page2 = await Client.GetAsync(
            $"{ServicesPath}?limit=1&continue={page1.Json["metadata"]!["continue"]}", RawClient.Json, Cancellation);

        Assert.That(JsonNode.DeepEquals(page1.Json, first.Json), page1.Text);
        Assert.That(JsonNode.DeepEquals(page2.Json, second.Json), page2.Text);
        Assert.That(page2.Headers["Content-Length"], Is.EqualTo(second.Headers["Content-Length"]));
    }

    [Test]
    public async Task Page_AfterCompaction_IsServedAllTheSame()
    {
        var (first, second) = (Recorded.Load("services-page1.json"), Recorded.Load("services-page-after-compaction.json"));
        RestoreFive(first.Json["items"]![0]!, second.Json["items"]![0]!);
        await Client.GetAsync(ServicesPath + "?limit=1", RawClient.Json, Cancellation);

        Api.Compact();
        var page = await Client.GetAsync(
            $"{ServicesPath}?limit=1&continue={first.Json["metadata"]!["continue"]}", RawClient.Json, Cancellation);

        Assert.That(JsonNode.DeepEquals(page.Json, second.Json), page.Text);
    }

    [Test]
    public async Task Continue_ThatIsNonsense_Is400()
    {
        var answer = await Client.GetAsync(SlicesPath + "?limit=1&continue=nonsense", RawClient.Json, Cancellation);

        AssertSame(answer, "slices-continue-bad.json");
    }

    [Test]
    public async Task Token_ThatIsUnknown_Is401()
    {
        using var stranger = new RawClient(Api, token: "unknown");

        AssertSame(await stranger.GetAsync(ServicesPath, RawClient.Json, Cancellation), "unauthorized.json");
    }

    [Test]
    public async Task Name_ThatIsUnknown_Is404()
    {
        var answer = await Client.GetAsync("/api/v1/namespaces/shop/services/none", RawClient.Json, Cancellation);

        AssertSame(answer, "notfound.json");
    }

    private static void AssertSame(Recorded answer, string recording)
    {
        var expected = Recorded.Load(recording);
        Assert.That((answer.Status, answer.Text), Is.EqualTo((expected.Status, expected.Text)));
        Assert.That(answer.Headers["Content-Type"], Is.EqualTo(expected.Headers["Content-Type"]));
    }

    private void RestoreFive(JsonNode first, JsonNode second)
    {
        var later = new[] { "headless", "other", "web" }.Select(name => JsonNode.Parse(
            $$"""{"metadata":{"name":"{{name}}","namespace":"shop","resourceVersion":"70"} }"""));
        var list = new JsonObject
        {
            ["kind"] = "ServiceList",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "133" },
            ["items"] = new JsonArray([first.DeepClone(), second.DeepClone(), .. later]),
        };
        Api.Restore(list.ToJsonString());
    }
}
