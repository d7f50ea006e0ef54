using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Config;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

/// <summary>A client of an API server that is real, but for what it answers.</summary>
internal abstract class ApiClientFixture
{
    private Meter _meter = null!;

    protected static readonly ApiClientOptions Options = new() { HeadersTimeout = TimeSpan.FromSeconds(20) };

    protected TempFolder Folder { get; private set; } = null!;

    protected TestAuthority Authority { get; private set; } = null!;

    [SetUp]
    public void SetUp() => (Folder, Authority, _meter) = (new(), new(), new("test"));

    [TearDown]
    public void TearDown()
    {
        Folder.Dispose();
        Authority.Dispose();
        _meter.Dispose();
    }

    protected static async Task<string> GetAsync(ApiClient client)
    {
        using var answer = await client.GetAsync("/toys?a=b", default);
        ReadResult result;
        while (!(result = await answer.Body.ReadAsync()).IsCompleted)
        {
            answer.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        return Encoding.UTF8.GetString(result.Buffer);
    }

    protected static async Task<string> ProblemAsync(ApiClient client, KestrelServer server)
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

    protected static Task Answer(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    protected static DataSource Inline(string pem) => new("certificate-authority-data", null, Encoding.UTF8.GetBytes(pem));

    protected static ApiServerConfig Config(Uri server) => new() { Server = server, Origin = "the test" };

    protected X509Certificate2 ServerCertificate(string name = "127.0.0.1") => Authority.IssueServer(name);

    protected ApiClient Client(
        KestrelServer server,
        Func<ApiServerConfig, ApiServerConfig>? change = null,
        ApiClientOptions? options = null,
        TimeProvider? time = null)
    {
        var config = Config(server.Address) with { CertificateAuthority = Inline(Authority.Pem) };
        return Client(change?.Invoke(config) ?? config, options, time);
    }

    protected ApiClient Client(ApiServerConfig config, ApiClientOptions? options = null, TimeProvider? time = null) =>
        new(config, options ?? Options, new ApiMetrics(_meter), time ?? TimeProvider.System);
}
