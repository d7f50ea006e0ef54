using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>What becomes of Events that are posted.</summary>
[TestFixture]
internal sealed class EventIntakeTests : ApiServerFixture
{
    private const string Path = "/apis/events.k8s.io/v1/namespaces/shop/events";

    private const string Good = """
        {"metadata":{"name":"web.1","namespace":"shop"},"eventTime":"2026-11-21T00:00:00.000000Z","reportingController":"c",
         "reportingInstance":"i","action":"A","reason":"R","regarding":{"kind":"Service","namespace":"shop","name":"web"},"type":"Warning"}
        """;

    [Test]
    public async Task Event_IsCreatedOnce()
    {
        var first = await Client.PostAsync(Path, Good, Cancellation);
        var second = await Client.PostAsync(Path, Good, Cancellation);

        Assert.That((first.Status, second.Status), Is.EqualTo((201, 409)));
        Assert.That((await Api.Events.WaitForAsync(_ => true, Cancellation)).Key, Is.EqualTo("shop/web.1"));
    }

    [TestCase("\"name\":\"web.1\",", "", "metadata.name")]
    [TestCase("\"namespace\":\"shop\"}", "\"namespace\":\"other\"}", "metadata.namespace")]
    [TestCase("\"kind\":\"Service\",\"namespace\":\"shop\"", "\"kind\":\"Service\"", "involvedObject.namespace")]
    [TestCase("\"eventTime\":\"2026-11-21T00:00:00.000000Z\",", "", "eventTime")]
    [TestCase("\"reportingController\":\"c\",", "", "reportingController")]
    [TestCase("\"action\":\"A\",", "\"action\":\"\",", "action")]
    [TestCase("\"Warning\"", "\"Error\"", "type")]
    public async Task Event_ThatTheRealServerRefuses_IsRefused(string part, string instead, string field)
    {
        var (status, text) = await Client.PostAsync(Path, Good.Replace(part, instead, StringComparison.Ordinal), Cancellation);

        Assert.That(status, Is.EqualTo(422));
        Assert.That(text, Does.Contain($"is invalid: {field}: "));
        Assert.That(Api.Events.All, Is.Empty);
    }

    [Test]
    public async Task NoEvent_IsABadRequest([Values("", "[]", "null", "{")] string body) =>
        Assert.That((await Client.PostAsync(Path, body, Cancellation)).Status, Is.EqualTo(400));

    [Test]
    public async Task OtherKinds_CannotBeCreated() =>
        Assert.That((await Client.PostAsync("/api/v1/namespaces/shop/services", Good, Cancellation)).Status, Is.EqualTo(404));

    [Test]
    public async Task UserWithoutTheRight_Is403()
    {
        Api.Deny("admin", ApiResource.Events);

        var (status, text) = await Client.PostAsync(Path, Good, Cancellation);

        Assert.That(status, Is.EqualTo(403));
        Assert.That(text, Does.Contain(
            "cannot create resource \\\"events\\\" in API group \\\"events.k8s.io\\\" in the namespace \\\"shop\\\""));
    }
}
