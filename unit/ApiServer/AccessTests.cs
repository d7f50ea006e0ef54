using System.Security.Cryptography.X509Certificates;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>Who may come in.</summary>
[TestFixture]
internal sealed class AccessTests : ApiServerFixture
{
    [Test]
    public async Task ClientCertificate_OfThisAuthority_IsItsCommonName()
    {
        using var certificate = Certificate(Api);
        using var client = new RawClient(Api, certificate);
        Api.Deny("node-a", ApiResource.Nodes);

        var services = await client.GetAsync(ServicesPath, RawClient.Json, Cancellation);
        var nodes = await client.GetAsync("/api/v1/nodes", RawClient.Json, Cancellation);

        Assert.That(services.Status, Is.EqualTo(200));
        Assert.That(nodes.Status, Is.EqualTo(403));
        Assert.That((string?)nodes.Json["message"], Is.EqualTo(
            "nodes is forbidden: User \"node-a\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"));
    }

    [Test]
    public async Task ClientCertificate_OfAnotherAuthority_Is401()
    {
        await using var other = await TestApiServer.StartAsync(cancellation: Cancellation);
        using var certificate = Certificate(other);
        using var client = new RawClient(Api, certificate);

        Assert.That((await client.GetAsync(ServicesPath, RawClient.Json, Cancellation)).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task Server_OfAnotherAuthority_IsNotTrusted()
    {
        await using var other = await TestApiServer.StartAsync(cancellation: Cancellation);
        using var client = new RawClient(other);

        Assert.That(async () => await client.GetAsync(Api.Url + "api/v1/services"), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task Token_Revoked_Is401()
    {
        Api.AddToken("short-lived", "proxy");
        using var client = new RawClient(Api, token: "short-lived");

        var before = await client.GetAsync(ServicesPath, RawClient.Json, Cancellation);
        Api.RevokeToken("short-lived");
        var after = await client.GetAsync(ServicesPath, RawClient.Json, Cancellation);

        Assert.That((before.Status, after.Status), Is.EqualTo((200, 401)));
    }

    [Test]
    public async Task RequestLog_HoldsWhatWasAsked()
    {
        await Client.GetAsync(ServicesPath + "?labelSelector=%21a&limit=3", RawClient.Protobuf, Cancellation);

        var request = await Api.Requests.WaitForAsync(r => r.IsList, Cancellation);

        Assert.That(request.Query, Is.EqualTo("labelSelector=%21a&limit=3"));
        Assert.That(request.Parameters["labelSelector"], Is.EqualTo("!a"));
        Assert.That(request.Headers["Accept"], Is.EqualTo(RawClient.Protobuf));
    }

    private static X509Certificate2 Certificate(TestApiServer api)
    {
        var issued = api.IssueClientCertificate("node-a", "system:nodes");
        return X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
    }
}
