using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>A server and a client for each test; whatever hangs is ended after a while.</summary>
[CancelAfter(60_000)]
internal abstract class ApiServerFixture
{
    protected const string ServicesPath = "/api/v1/services";
    protected const string SlicesPath = "/apis/discovery.k8s.io/v1/endpointslices";

    protected TestApiServer Api { get; private set; } = null!;

    protected RawClient Client { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task StartServerAsync()
    {
        Api = await TestApiServer.StartAsync(new() { BookmarkInterval = TimeSpan.Zero }, Cancellation);
        Client = new RawClient(Api);
    }

    [TearDown]
    public async Task StopServerAsync()
    {
        Client.Dispose();
        await Api.DisposeAsync();
    }

    /// <summary>A Service with nothing but what a test needs.</summary>
    protected static string Service(string name, string clusterIp = "10.96.0.10", string labels = "{}") => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: {{name}}, namespace: shop, labels: {{labels}} }
        spec: { clusterIP: "{{clusterIp}}", ports: [ { port: 80 } ] }
        """;
}
