using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

/// <summary>How the client asks, what it makes of answers, and what it says where none comes.</summary>
internal sealed class ApiClientTests : ApiClientFixture
{
    [TestCase(HttpProtocols.Http1, "HTTP/1.1")]
    [TestCase(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    public async Task Request_SpeaksWhatTheServerSpeaks(HttpProtocols protocols, string expected)
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, c.Request.Protocol), ServerCertificate(), protocols);
        using var client = Client(server);

        Assert.That(await GetAsync(client), Is.EqualTo(expected));
    }

    [Test]
    public async Task Request_AsksForProtobufFirst_AndSaysWhoItIs()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, $"{c.Request.Headers.Accept} {c.Request.Headers.UserAgent}"));
        using var client = Client(server);

        Assert.That(await GetAsync(client), Does.Match(@"^application/vnd\.kubernetes\.protobuf,application/json kube-proxy-next/\d+\.\d+\.\d+$"));
    }

    [Test]
    public async Task Gzip_IsUndone()
    {
        await using var server = await KestrelServer.StartAsync(async c =>
        {
            c.Response.ContentType = "application/json";
            c.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(c.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(c.Request.Headers.AcceptEncoding.ToString()));
        });
        using var client = Client(server);

        Assert.That(await GetAsync(client), Is.EqualTo("gzip"));
    }

    [Test]
    public async Task Path_OfTheServer_ComesFirst()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"));
        using var client = Client(server, c => c with { Server = new Uri(c.Server, "/k8s/clusters/c-1/") });

        await GetAsync(client);

        Assert.That(server.Requests, Is.EqualTo(["/k8s/clusters/c-1/toys?a=b"]));
    }

    [Test]
    public async Task Error_Json_TellsReasonAndRetryAfter()
    {
        await using var server = await KestrelServer.StartAsync(c =>
        {
            c.Response.StatusCode = 429;
            c.Response.Headers.RetryAfter = "7";
            return Answer(c, """{"kind":"Status","message":"slow down","reason":"TooManyRequests","code":429}""");
        });
        using var client = Client(server);

        var error = (await Assert.ThrowsAsync<ApiException>(() => GetAsync(client)))!;

        Assert.That(error.Message, Is.EqualTo("429 TooManyRequests: slow down"));
        Assert.That(error.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(7)));
    }

    [Test]
    public async Task Error_Protobuf_TellsReasonAndRetryAfter()
    {
        var status = new Status { Message = "gone", Reason = "Expired", Code = 410, Details = new StatusDetails { RetryAfterSeconds = 3 } };
        var body = new Unknown { TypeMeta = new TypeMeta { Kind = "Status" }, Raw = status.ToByteString() };
        await using var server = await KestrelServer.StartAsync(async c =>
        {
            c.Response.StatusCode = 410;
            c.Response.ContentType = "application/vnd.kubernetes.protobuf";
            await c.Response.Body.WriteAsync((byte[])[.. "k8s\0"u8, .. body.ToByteArray()]);
        });
        using var client = Client(server);

        var error = (await Assert.ThrowsAsync<ApiException>(() => GetAsync(client)))!;

        Assert.That((error.Message, error.IsGone, error.RetryAfter), Is.EqualTo(("410 Expired: gone", true, TimeSpan.FromSeconds(3))));
    }

    [Test]
    public async Task Answer_OfSomeoneElse_IsNotTakenForTheApi()
    {
        await using var server = await KestrelServer.StartAsync(c =>
        {
            c.Response.ContentType = "text/html";
            return c.Response.WriteAsync("<h1>log in</h1>");
        });
        using var client = Client(server);

        Assert.That(async () => await GetAsync(client), Throws.TypeOf<InvalidDataException>().With.Message.Contains("text/html"));
    }

    [Test]
    public async Task Redirect_IsNotFollowed_SinceItWouldTakeTheTokenAlong()
    {
        await using var server = await KestrelServer.StartAsync(c =>
        {
            c.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var client = Client(server);

        Assert.That(async () => await GetAsync(client), Throws.TypeOf<ApiException>());
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [TestCase(406)]
    [TestCase(415)]
    public async Task Protobuf_Refused_JsonIsAskedForFromThenOn(int status)
    {
        await using var server = await KestrelServer.StartAsync(c =>
        {
            c.Response.StatusCode = c.Request.Headers.Accept == "application/json" ? 200 : status;
            return Answer(c, "json");
        });
        using var client = Client(server);

        Assert.That(await GetAsync(client), Is.EqualTo("json"));
        Assert.That(await GetAsync(client), Is.EqualTo("json"));
        Assert.That(server.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Headers_ThatDoNotCome_AreATimeout()
    {
        var never = new TaskCompletionSource();
        await using var server = await KestrelServer.StartAsync(c => never.Task.WaitAsync(c.RequestAborted));
        using var client = Client(server, options: Options with { HeadersTimeout = TimeSpan.FromMilliseconds(100) });

        Assert.That(await ProblemAsync(client, server), Does.Contain("does not answer in time"));
    }

    [Test]
    public async Task Server_NotThere_IsSaidWithAddressAndOrigin()
    {
        var server = await KestrelServer.StartAsync(c => Answer(c, "ok"));
        var address = server.Address;
        await server.DisposeAsync();
        using var client = Client(Config(address));

        var failure = (await Assert.CatchAsync(() => GetAsync(client)))!;

        Assert.That(
            FailureExplainer.Explain(Config(address), "toys", failure).Text,
            Does.Contain("Connection refused").And.Contain(address.ToString()).And.Contain("the test"));
    }

    [Test]
    public async Task Server_SpeaksPlainHttp_IsSaid()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"));
        var https = Config(new UriBuilder(server.Address) { Scheme = "https" }.Uri);
        using var client = Client(https);

        var failure = (await Assert.CatchAsync(() => GetAsync(client)))!;

        Assert.That(FailureExplainer.Explain(https, "toys", failure).Text, Does.Contain("check that its port speaks https"));
    }

    [Test]
    public async Task Proxy_OfTheConfiguration_IsUsed()
    {
        await using var proxy = await KestrelServer.StartAsync(c => Answer(c, c.Request.Host.ToString()));
        var config = Config(new Uri("http://10.255.255.1:6443")) with { Proxy = proxy.Address };
        using var client = Client(config);

        Assert.That(await GetAsync(client), Is.EqualTo("10.255.255.1:6443"));
    }
}
