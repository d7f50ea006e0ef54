using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Config;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

public sealed class ApiClientTests
{
    private static readonly ApiClientOptions Options = new() { HeadersTimeout = TimeSpan.FromSeconds(20) };

    private TempFolder _folder = null!;
    private TestAuthority _authority = null!;
    private Meter _meter = null!;

    [SetUp]
    public void SetUp() => (_folder, _authority, _meter) = (new(), new(), new("test"));

    [TearDown]
    public void TearDown()
    {
        _folder.Dispose();
        _authority.Dispose();
        _meter.Dispose();
    }

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

    [TestCase("127.0.0.1", null, Description = "an IP address in the certificate")]
    [TestCase("kubernetes", "kubernetes", Description = "another name, by tls-server-name")]
    public async Task Name_InTheCertificate_IsTrusted(string certificateName, string? tlsServerName)
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate(certificateName));
        using var client = Client(server, c => c with { TlsServerName = tlsServerName });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Name_NotInTheCertificate_IsRefused_AndBothAreSaid()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate("elsewhere.example"));
        using var client = Client(server);

        Assert.That(await ProblemAsync(client, server), Does.Contain("elsewhere.example").And.Contain("127.0.0.1").And.Contain("tls-server-name"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task Authority_Another_IsRefused_EvenWithTheSameName()
    {
        using var other = new TestAuthority();
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = Inline(other.Pem) });

        Assert.That(await ProblemAsync(client, server), Does.Contain("not to be trusted").And.Contain("certificate-authority"));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task Certificate_Expired_IsRefused_AndSaysSo()
    {
        await using var server = await KestrelServer.StartAsync(
            c => Answer(c, "ok"), _authority.IssueServer("127.0.0.1", validDays: -1));
        using var client = Client(server);

        Assert.That(await ProblemAsync(client, server), Does.Contain("not valid at this time"));
    }

    [Test]
    public async Task Authority_SeveralInTheBundle_OneIsEnough()
    {
        using var other = new TestAuthority("other");
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = Inline(other.Pem + _authority.Pem) });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_IntermediateAlone_IsAnAnchor()
    {
        using var intermediate = new TestAuthority("intermediate", new TestAuthority("root"));
        await using var server = await KestrelServer.StartAsync(
            c => Answer(c, "ok"), intermediate.IssueServer("127.0.0.1"));
        using var client = Client(server, c => c with { CertificateAuthority = Inline(intermediate.Pem) });

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_None_OnlySkipVerifyLetsItPass()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var strict = Client(server, c => c with { CertificateAuthority = null });
        using var lax = Client(server, c => c with { CertificateAuthority = null, SkipTlsVerify = true });

        Assert.That(await ProblemAsync(strict, server), Does.Contain("not to be trusted"));
        Assert.That(await GetAsync(lax), Is.EqualTo("ok"));
    }

    [Test]
    public async Task Authority_Replaced_IsReadAgainAfterAFailure()
    {
        using var old = new TestAuthority("old");
        var path = _folder.Write("ca.crt", old.Pem);
        await using var server = await KestrelServer.StartAsync(c => Answer(c, "ok"), ServerCertificate());
        using var client = Client(server, c => c with { CertificateAuthority = new DataSource("ca", path, null) });
        await ProblemAsync(client, server);

        _folder.Write("ca.crt", _authority.Pem);

        Assert.That(await GetAsync(client), Is.EqualTo("ok"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task ClientCertificate_IsShown(bool rsa)
    {
        await using var server = await KestrelServer.StartAsync(ShowClient, ServerCertificate());
        var (certificate, key) = _authority.IssueClient("me", rsa);
        using var client = Client(server, c => c with
        {
            User = new UserConfig { ClientCertificate = Inline(certificate), ClientKey = Inline(key) },
        });

        Assert.That(await GetAsync(client), Is.EqualTo("CN=me"));
    }

    [Test]
    public async Task ClientCertificate_Renewed_IsShownWithTheNextRequest_HalfRenewedIsNot()
    {
        await using var server = await KestrelServer.StartAsync(ShowClient, ServerCertificate());
        var (first, firstKey) = _authority.IssueClient("first", rsa: false);
        var (second, secondKey) = _authority.IssueClient("second", rsa: false);
        var certificatePath = _folder.Write("tls.crt", first);
        var keyPath = _folder.Write("tls.key", firstKey);
        using var client = Client(server, c => c with
        {
            User = new UserConfig
            {
                ClientCertificate = new DataSource("crt", certificatePath, null),
                ClientKey = new DataSource("key", keyPath, null),
            },
        });

        var before = await GetAsync(client);
        _folder.Write("tls.crt", second);
        var half = await GetAsync(client);
        _folder.Write("tls.key", secondKey);
        var after = await GetAsync(client);

        Assert.That((before, half, after), Is.EqualTo(("CN=first", "CN=first", "CN=second")));
    }

    [Test]
    public async Task ClientCertificate_AndKeyOfAnother_IsAConfigurationError()
    {
        await using var server = await KestrelServer.StartAsync(ShowClient, ServerCertificate());
        using var client = Client(server, c => c with
        {
            User = new UserConfig
            {
                ClientCertificate = Inline(_authority.IssueClient("a", false).Certificate),
                ClientKey = Inline(_authority.IssueClient("b", false).Key),
            },
        });

        Assert.That(async () => await GetAsync(client), Throws.TypeOf<ApiConfigException>().With.Message.Contains("belong together"));
    }

    [Test]
    public async Task Password_IsSentAsBasic()
    {
        await using var server = await KestrelServer.StartAsync(c => Answer(c, c.Request.Headers.Authorization.ToString()));
        using var client = Client(server, c => c with { User = new UserConfig { Username = "me", Password = "pw" } });

        Assert.That(await GetAsync(client), Is.EqualTo("Basic " + Convert.ToBase64String("me:pw"u8)));
    }

    [Test]
    public async Task TokenFile_RefusedToken_IsReadAgainAtOnce()
    {
        var path = _folder.Write("token", "old\n");
        await using var server = await KestrelServer.StartAsync(c => AnswerToToken(c, "new"));
        using var client = Client(server, c => c with { User = new UserConfig { TokenFile = new DataSource("token", path, null) } });
        Assert.That(async () => await GetAsync(client), Throws.TypeOf<ApiException>());

        _folder.Write("token", "new\n");

        Assert.That(await GetAsync(client), Is.EqualTo("welcome"));
    }

    [Test]
    public async Task TokenFile_IsReadAgainEachMinute_AndALostFileLeavesTheLast()
    {
        var time = new ManualTime();
        var path = _folder.Write("token", "one");
        await using var server = await KestrelServer.StartAsync(c => Answer(c, c.Request.Headers.Authorization.ToString()));
        using var client = Client(server, c => c with { User = new UserConfig { TokenFile = new DataSource("token", path, null) } }, time: time);

        var first = await GetAsync(client);
        _folder.Write("token", "two");
        var soon = await GetAsync(client);
        time.Advance(TimeSpan.FromMinutes(1));
        var later = await GetAsync(client);
        File.Delete(path);
        time.Advance(TimeSpan.FromMinutes(1));
        var lost = await GetAsync(client);

        Assert.That((first, soon, later, lost), Is.EqualTo(("Bearer one", "Bearer one", "Bearer two", "Bearer two")));
    }

    [Test]
    public async Task Exec_RefusedToken_RunsThePluginAgain()
    {
        var script = _folder.Script("plugin", """
            echo x >> "$0.runs"
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'$(wc -l < "$0.runs")'"}}'
            """);
        await using var server = await KestrelServer.StartAsync(c => AnswerToToken(c, "t2"));
        using var client = Client(server, c => c with
        {
            User = new UserConfig { Exec = new ExecConfig("client.authentication.k8s.io/v1", script, [], [], null, null) },
        });

        Assert.That(await GetAsync(client), Is.EqualTo("welcome"));
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
        using var client = new ApiClient(Config(address), Options, new ApiMetrics(_meter), TimeProvider.System);

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
        using var client = new ApiClient(https, Options, new ApiMetrics(_meter), TimeProvider.System);

        var failure = (await Assert.CatchAsync(() => GetAsync(client)))!;

        Assert.That(FailureExplainer.Explain(https, "toys", failure).Text, Does.Contain("check that its port speaks https"));
    }

    [Test]
    public async Task Proxy_OfTheConfiguration_IsUsed()
    {
        await using var proxy = await KestrelServer.StartAsync(c => Answer(c, c.Request.Host.ToString()));
        var config = Config(new Uri("http://10.255.255.1:6443")) with { Proxy = proxy.Address };
        using var client = new ApiClient(config, Options, new ApiMetrics(_meter), TimeProvider.System);

        Assert.That(await GetAsync(client), Is.EqualTo("10.255.255.1:6443"));
    }

    private static async Task<string> GetAsync(ApiClient client)
    {
        using var answer = await client.GetAsync("/toys?a=b", default);
        ReadResult result;
        while (!(result = await answer.Body.ReadAsync()).IsCompleted)
        {
            answer.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        return Encoding.UTF8.GetString(result.Buffer);
    }

    private static async Task<string> ProblemAsync(ApiClient client, KestrelServer server)
    {
        try
        {
            await GetAsync(client);
        }
        catch (Exception e)
        {
            return FailureExplainer.Explain(Config(server.Address), "toys", e).Text;
        }

        throw new AssertionException("the request should fail");
    }

    private static Task Answer(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    private static Task AnswerToToken(HttpContext context, string token)
    {
        var welcome = context.Request.Headers.Authorization == $"Bearer {token}";
        context.Response.StatusCode = welcome ? 200 : 401;
        return Answer(context, welcome ? "welcome" : "no");
    }

    private static async Task ShowClient(HttpContext context)
    {
        var certificate = await context.Connection.GetClientCertificateAsync();
        await Answer(context, certificate?.Subject ?? "nobody");
    }

    private static DataSource Inline(string pem) => new("certificate-authority-data", null, Encoding.UTF8.GetBytes(pem));

    private static ApiServerConfig Config(Uri server) => new() { Server = server, Origin = "the test" };

    private X509Certificate2 ServerCertificate(string name = "127.0.0.1") => _authority.IssueServer(name);

    private ApiClient Client(
        KestrelServer server,
        Func<ApiServerConfig, ApiServerConfig>? change = null,
        ApiClientOptions? options = null,
        TimeProvider? time = null)
    {
        var config = Config(server.Address) with { CertificateAuthority = Inline(_authority.Pem) };
        return new ApiClient(change?.Invoke(config) ?? config, options ?? Options, new ApiMetrics(_meter), time ?? TimeProvider.System);
    }
}
