using System.Text.Json.Nodes;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>The server restores what a real one listed, is asked the same, and must answer the same.</summary>
[TestFixture]
internal sealed class RecordedListTests : ApiServerFixture
{
    private const string Services =
        "/api/v1/services?labelSelector=%21service.kubernetes.io%2Fservice-proxy-name&fieldSelector=spec.clusterIP%21%3DNone";

    private const string Slices = "/apis/discovery.k8s.io/v1/endpointslices?labelSelector=%21service.kubernetes.io%2Fheadless";
    private const string Nodes = "/api/v1/nodes?fieldSelector=metadata.name%3Dnode-a";
    private const string Cidrs = "/apis/networking.k8s.io/v1/servicecidrs";

    [SetUp]
    public void RestoreLists()
    {
        foreach (var name in new[] { "services-list", "slices-list", "nodes-list", "servicecidrs-list" })
        {
            Api.Restore(Recorded.Load($"{name}.json").Text);
        }
    }

    [TestCase("services-list", Services)]
    [TestCase("slices-list", Slices)]
    [TestCase("nodes-list", Nodes)]
    [TestCase("servicecidrs-list", Cidrs)]
    public async Task List_InJson_IsWhatTheRealServerAnswers(string recording, string url)
    {
        var expected = Recorded.Load($"{recording}.json");

        var answer = await Client.GetAsync(url, RawClient.Json, Cancellation);

        AssertSameHead(answer, expected);
        Assert.That(JsonNode.DeepEquals(answer.Json, expected.Json), answer.Text);
    }

    [TestCase("services-list", Services)]
    [TestCase("slices-list", Slices)]
    [TestCase("nodes-list", Nodes)]
    [TestCase("servicecidrs-list", Cidrs)]
    public async Task List_InProtobuf_IsByteForByteWhatTheRealServerAnswers(string recording, string url)
    {
        var expected = Recorded.Load($"{recording}.pb");

        var answer = await Client.GetAsync(url, RawClient.Protobuf, Cancellation);

        AssertSameHead(answer, expected);
        Assert.That(answer.Body, Is.EqualTo(expected.Body));
    }

    private static void AssertSameHead(Recorded answer, Recorded expected)
    {
        Assert.That(answer.Status, Is.EqualTo(expected.Status));
        foreach (var header in new[] { "Content-Type", "Cache-Control", "Transfer-Encoding" })
        {
            Assert.That(answer.Headers.GetValueOrDefault(header), Is.EqualTo(expected.Headers.GetValueOrDefault(header)), header);
        }

        Assert.That(answer.Headers, Contains.Key("Audit-Id"));
    }
}
