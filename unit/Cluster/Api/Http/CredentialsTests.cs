using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Config;
using KubeProxyNext.Cluster.Api.Http;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

/// <summary>As whom the client comes, and how it goes on when that is renewed.</summary>
internal sealed class CredentialsTests : ApiClientFixture
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task ClientCertificate_IsShown(bool rsa)
    {
        await using var server = await KestrelServer.StartAsync(ShowClient, ServerCertificate());
        var (certificate, key) = Authority.IssueClient("me", rsa);
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
        var (first, firstKey) = Authority.IssueClient("first", rsa: false);
        var (second, secondKey) = Authority.IssueClient("second", rsa: false);
        var certificatePath = Folder.Write("tls.crt", first);
        var keyPath = Folder.Write("tls.key", firstKey);
        using var client = Client(server, c => c with
        {
            User = new UserConfig
            {
                ClientCertificate = new DataSource("crt", certificatePath, null),
                ClientKey = new DataSource("key", keyPath, null),
            },
        });

        var before = await GetAsync(client);
        Folder.Write("tls.crt", second);
        var half = await GetAsync(client);
        Folder.Write("tls.key", secondKey);
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
                ClientCertificate = Inline(Authority.IssueClient("a", false).Certificate),
                ClientKey = Inline(Authority.IssueClient("b", false).Key),
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
        var path = Folder.Write("token", "old\n");
        await using var server = await KestrelServer.StartAsync(c => AnswerToToken(c, "new"));
        using var client = Client(server, c => c with { User = new UserConfig { TokenFile = new DataSource("token", path, null) } });
        Assert.That(async () => await GetAsync(client), Throws.TypeOf<ApiException>());

        Folder.Write("token", "new\n");

        Assert.That(await GetAsync(client), Is.EqualTo("welcome"));
    }

    [Test]
    public async Task TokenFile_IsReadAgainEachMinute_AndALostFileLeavesTheLast()
    {
        var time = new ManualTime();
        var path = Folder.Write("token", "one");
        await using var server = await KestrelServer.StartAsync(c => Answer(c, c.Request.Headers.Authorization.ToString()));
        using var client = Client(server, c => c with { User = new UserConfig { TokenFile = new DataSource("token", path, null) } }, time: time);

        var first = await GetAsync(client);
        Folder.Write("token", "two");
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
        var script = Folder.Script("plugin", """
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
}
