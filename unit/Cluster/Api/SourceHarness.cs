using System.Diagnostics.Metrics;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Cluster.Api;

/// <summary>The whole source at work on an API server, with one Service, its slice, a ServiceCIDR and this node to begin with.</summary>
internal sealed class SourceHarness : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Meter _meter = new("test");
    private readonly TempFolder _folder = new();
    private Task _run = Task.CompletedTask;

    private SourceHarness(TestApiServer server) => Server = server;

    public static ApiClientOptions Impatient { get; } = new()
    {
        HeadersTimeout = TimeSpan.FromSeconds(1),
        ListSilence = TimeSpan.FromSeconds(0.5),
        WatchSilence = TimeSpan.FromSeconds(1),
        ShortWatch = TimeSpan.Zero,
        Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(10), Longest = TimeSpan.FromMilliseconds(50) },
        OptionalBackoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(50) },
    };

    public TestApiServer Server { get; }

    public LogList Log { get; } = new();

    public MemoryStore<Service> Services { get; } = new(s => s.Name, s => s.ClusterIPv4.ToString()!);

    public MemoryStore<EndpointSlice> Slices { get; } = new(s => s.Name, s => string.Join(',', s.Endpoints.Select(e => e.Ip)));

    public MemoryStore<Node> Nodes { get; } = new(n => new ObjectName("", n.Name), n => n.Zone ?? "");

    public MemoryStore<ServiceCidr> ServiceCidrs { get; } = new(c => new ObjectName("", c.Name), c => string.Join(',', c.Networks));

    public static async Task<SourceHarness> StartAsync()
    {
        var harness = new SourceHarness(await TestApiServer.StartAsync());
        harness.Server.Apply(Service("web", "10.96.0.10") + "---\n" + Slice("web-1", "10.244.1.5") + "---\n" + """
            {apiVersion: v1, kind: Node, metadata: {name: node-a, labels: {topology.kubernetes.io/zone: z1}}}
            ---
            {apiVersion: v1, kind: Node, metadata: {name: node-b}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: kubernetes}, spec: {cidrs: [10.96.0.0/12]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: headless, namespace: ns}, spec: {clusterIP: None, ports: [{port: 80}]}}
            """);
        return harness;
    }

    /// <summary>As YAML.</summary>
    public static string Service(string name, string ip) =>
        $"{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: ns}}, spec: {{clusterIP: {ip}, ports: [{{port: 80}}]}}}}\n";

    /// <summary>As YAML.</summary>
    public static string Slice(string name, string ip) => $$$"""
        {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: {{{name}}}, namespace: ns, labels: {kubernetes.io/service-name: web}},
         addressType: IPv4, endpoints: [{addresses: [{{{ip}}}]}], ports: [{port: 8080}]}

        """;

    public void Run(ApiClientOptions? options = null, string? kubeConfig = null)
    {
        var config = ApiServerConfig.Load(_folder.Write("config", kubeConfig ?? Server.KubeConfig()), null);
        var problems = new InputProblems(NullLogger<InputProblems>.Instance, _meter);
        var source = new ApiServerSource(
            config, "node-a", Services, Slices, Nodes, ServiceCidrs, problems, _meter, Log.For<ApiServerSource>(), TimeProvider.System, seed: 1)
        {
            Options = options ?? Impatient,
        };
        _run = source.RunAsync(_stop.Token);
    }

    public string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>Until all kinds hold what they should begin with.</summary>
    public async Task UntilStartedAsync()
    {
        await Services.UntilAsync("web=10.96.0.10");
        await Slices.UntilAsync("web-1=10.244.1.5");
        await Nodes.UntilAsync("node-a=z1");
        await ServiceCidrs.UntilAsync("kubernetes=10.96.0.0/12");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThatAsync(() => _run, Throws.InstanceOf<OperationCanceledException>(), "the source should run until it is cancelled");
        await Server.DisposeAsync();
        _meter.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }
}
