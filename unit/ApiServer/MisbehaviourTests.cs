using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>What befalls whole answers.</summary>
[TestFixture]
internal sealed class MisbehaviourTests : ApiServerFixture
{
    [TestCase(429, "Too many requests, please try again later.\n")]
    [TestCase(500, "InternalError")]
    [TestCase(503, "ServiceUnavailable")]
    public async Task Fail_BefallsTheNextRequestsOnly(int code, string text)
    {
        Api.Misbehave(new Misbehaviour.Fail(code, RetryAfterSeconds: 7), times: 2);

        var answers = new List<Recorded>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation));
        }

        Assert.That(answers.Select(a => a.Status), Is.EqualTo(new[] { code, code, 200 }));
        Assert.That(answers[0].Headers["Retry-After"], Is.EqualTo("7"));
        Assert.That(answers[0].Text, Does.Contain(text));
    }

    [Test]
    public async Task Misbehave_ForOneResourceAndKind_LeavesOthersAlone()
    {
        using var trouble = Api.Misbehave(new Misbehaviour.Fail(500), ApiResource.Services, RequestKind.List);

        var services = await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation);
        var slices = await Client.GetAsync(SlicesPath, RawClient.Json, Cancellation);
        var watch = await Client.GetAsync(ServicesPath + "?watch=1&timeoutSeconds=1", RawClient.Json, Cancellation);

        Assert.That(new[] { services.Status, slices.Status, watch.Status }, Is.EqualTo(new[] { 500, 200, 200 }));
    }

    [Test]
    public async Task Misbehave_Lifted_IsOver()
    {
        var trouble = Api.Misbehave(new Misbehaviour.NotServed(), ApiResource.ServiceCidrs);

        var during = await Client.GetAsync("/apis/networking.k8s.io/v1/servicecidrs", RawClient.Json, Cancellation);
        trouble.Dispose();
        var after = await Client.GetAsync("/apis/networking.k8s.io/v1/servicecidrs", RawClient.Json, Cancellation);

        Assert.That((during.Status, during.Text), Is.EqualTo((404, "404 page not found\n")));
        Assert.That(after.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task NeverAnswer_TakesTheRequestAndStaysSilent()
    {
        Api.Misbehave(new Misbehaviour.NeverAnswer());

        var request = Client.GetAsync(ServicesPath, RawClient.Json, Cancellation);
        await Api.Requests.WaitForAsync(r => r.Resource == ApiResource.Services, Cancellation);
        Api.Behave();
        await OtherClientAsync();

        Assert.That(request.IsCompleted, Is.False, "a later request was answered, this one was not");
        Api.CloseConnections();
        Assert.That(async () => await request, Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task CutAfter_DeliversSoManyBytesAndEndsTheConnection()
    {
        Api.Load(new BulkLoad(20));
        Api.Misbehave(new Misbehaviour.CutAfter(1000));

        using var answer = await Client.OpenAsync(ServicesPath, RawClient.Json, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);

        Assert.That(await ReadUntilBrokenAsync(body), Is.EqualTo(1000));
    }

    [Test]
    public async Task StallAfter_DeliversSoManyBytesAndKeepsTheConnection()
    {
        Api.Load(new BulkLoad(20));
        Api.Misbehave(new Misbehaviour.StallAfter(1000), times: 1);

        using var answer = await Client.OpenAsync(ServicesPath, RawClient.Json, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        await body.ReadExactlyAsync(new byte[1000], Cancellation);
        var more = body.ReadAsync(new byte[1], Cancellation).AsTask();
        await OtherClientAsync();

        Assert.That(more.IsCompleted, Is.False);
        Api.CloseConnections();
        Assert.That(async () => await more, Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task SlowBytes_ArriveWhole_InPieces()
    {
        Api.Load(new BulkLoad(3));
        var whole = await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation);
        Api.Misbehave(new Misbehaviour.SlowBytes(100, TimeSpan.Zero));

        var chunks = await RawChunks.GetAsync(Api, ServicesPath, Cancellation);

        Assert.That(string.Concat(chunks), Is.EqualTo(whole.Text));
        Assert.That(chunks.SkipLast(1).Select(c => c.Length), Is.All.EqualTo(100));
    }

    [Test]
    public async Task JsonOnly_AnswersInJsonWhereTheClientTakesIt()
    {
        Api.Misbehave(new Misbehaviour.JsonOnly());

        var both = await Client.GetAsync(ServicesPath, RawClient.Protobuf + ", " + RawClient.Json, Cancellation);
        var protobuf = await Client.GetAsync(ServicesPath, RawClient.Protobuf, Cancellation);

        Assert.That((both.Status, both.Headers["Content-Type"]), Is.EqualTo((200, RawClient.Json)));
        Assert.That(protobuf.Status, Is.EqualTo(406));
    }

    [Test]
    public async Task RefuseProtobuf_TakesJsonAlone()
    {
        Api.Misbehave(new Misbehaviour.RefuseProtobuf());

        var both = await Client.GetAsync(ServicesPath, RawClient.Protobuf + ", " + RawClient.Json, Cancellation);
        var json = await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation);

        Assert.That((both.Status, json.Status), Is.EqualTo((406, 200)));
    }

    [Test]
    public async Task RefuseClusterIpSelector_Is400()
    {
        Api.Misbehave(new Misbehaviour.RefuseClusterIpSelector());

        var answer = await Client.GetAsync(ServicesPath + "?fieldSelector=spec.clusterIP%21%3DNone", RawClient.Json, Cancellation);

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer.Text, Does.Contain("field label not supported: spec.clusterIP"));
    }

    [Test]
    public async Task ExpireContinue_Is410_WithATokenThatGoesOn()
    {
        Api.Load(new BulkLoad(5));
        var page = await Client.GetAsync(ServicesPath + "?limit=2", RawClient.Json, Cancellation);
        Api.Misbehave(new Misbehaviour.ExpireContinue(), times: 1);

        var expired = await Client.GetAsync(Next(page), RawClient.Json, Cancellation);
        var rest = await Client.GetAsync(Next(expired), RawClient.Json, Cancellation);

        Assert.That((expired.Status, (string?)expired.Json["reason"]), Is.EqualTo((410, "Expired")));
        var names = rest.Json["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]);
        Assert.That(names, Is.EqualTo(new[] { "svc-000002", "svc-000003" }));

        static string Next(Recorded answer) => $"{ServicesPath}?limit=2&continue={answer.Json["metadata"]!["continue"]}";
    }

    [Test]
    public async Task ListeningAgain_AfterAStop_IsOnTheSamePort()
    {
        Api.Load(new BulkLoad(1));
        await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation);

        await Api.StopListeningAsync();
        Assert.That(async () => await Client.GetAsync(ServicesPath), Throws.InstanceOf<HttpRequestException>());
        await Api.ListenAsync(Cancellation);

        Assert.That((await Client.GetAsync(ServicesPath, RawClient.Json, Cancellation)).Json["items"]!.AsArray(), Has.Count.EqualTo(1));
    }

    private async Task OtherClientAsync()
    {
        using var other = new RawClient(Api);
        Assert.That((await other.GetAsync(ServicesPath, RawClient.Json, Cancellation)).Status, Is.EqualTo(200));
    }

    private static async Task<int> ReadUntilBrokenAsync(Stream body)
    {
        var (total, buffer) = (0, new byte[4096]);
        try
        {
            while (await body.ReadAsync(buffer, Cancellation) is var count and > 0)
            {
                total += count;
            }

            Assert.Fail("the body ended as if it were whole");
        }
        catch (IOException)
        {
            // As wanted.
        }

        return total;
    }
}
