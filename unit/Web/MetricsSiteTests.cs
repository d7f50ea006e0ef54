using System.Buffers;
using System.Net;
using KubeProxyNext.Web.Metrics;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Web;

/// <summary>The metrics port over HTTP: behaviour 8.2.</summary>
internal sealed class MetricsSiteTests
{
    private const string Warning =
        "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.\n\n";

    private WebServer _server = null!;
    private Port _port = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await WebServer.StartAsync(NullLogger.Instance, default);
        var site = new MetricsSite(
            "text/plain; version=0.0.4", output => output.Write("metrics 1\n"u8), """{"kubeproxy.config.k8s.io":{"kind":"KubeProxyConfiguration"}}""",
            [new("v", "2"), new("cleanup", "false")], () => [new("Up", "0 hr 00 min 01 sec")]);
        _port = _server.Open(new(IPAddress.Loopback, 0), site.Answer);
    }

    [TearDown]
    public async Task Stop()
    {
        _port.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase("/metrics", "text/plain; version=0.0.4", "metrics 1\n")]
    [TestCase("/metrics/slis", "text/plain; version=0.0.4", "")]
    [TestCase("/healthz", "text/plain; charset=utf-8", "ok")]
    [TestCase("/proxyMode", "text/plain", "ebpf")]
    [TestCase("/configz", "application/json", """{"kubeproxy.config.k8s.io":{"kind":"KubeProxyConfiguration"}}""")]
    [TestCase("/flagz", "text/plain; charset=utf-8", $"\nkube-proxy flags\n{Warning}cleanup=false\nv=2\n")]
    [TestCase("/statusz", "text/plain; charset=utf-8", $"\nkube-proxy statusz\n{Warning}Up=0 hr 00 min 01 sec\n")]
    public async Task Path_IsAnswered(string path, string type, string body)
    {
        var answer = await Http.AskAsync(_port.Address, path);

        Assert.That((answer.Code, answer.Body), Is.EqualTo((200, body)));
        Assert.That(answer.Headers["Content-Type"], Is.EqualTo(type));
        Assert.That(answer.Headers["X-Content-Type-Options"], Is.EqualTo("nosniff"));
    }

    [Test]
    public async Task Slis_Deleted_SaysSo() =>
        Assert.That((await Http.AskAsync(_port.Address, "/metrics/slis", "DELETE")).Body, Is.EqualTo("metrics reset\n"));

    [TestCase("/")]
    [TestCase("/livez")]
    [TestCase("/debug/pprof/")]
    [TestCase("/debug/flags/v")]
    public async Task OtherPath_IsNotFound(string path) => Assert.That((await Http.AskAsync(_port.Address, path)).Code, Is.EqualTo(404));
}
