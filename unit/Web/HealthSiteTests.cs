using System.Diagnostics.Metrics;
using System.Net;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster.Api;
using KubeProxyNext.Web.Health;
using KubeProxyNext.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Unit.Web;

/// <summary><c>/healthz</c> and <c>/livez</c> over HTTP: behaviour 7.1.</summary>
internal sealed class HealthSiteTests
{
    private const string Begun = "2026-01-01T00:00:00Z";
    private const string Later = "2026-01-01T00:01:00.5Z";

    private readonly Dictionary<(string Name, object? Code), long> _counts = [];
    private Meter _meter = null!;
    private MeterListener _counting = null!;
    private ManualTime _time = null!;
    private ProxyHealth _health = null!;
    private WebServer _server = null!;
    private Port _port = null!;
    private bool _isEligible;

    [SetUp]
    public async Task Start()
    {
        _counts.Clear();
        _meter = new("test");
        _counting = new() { InstrumentPublished = (instrument, listener) => Listen(instrument, listener) };
        _counting.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (_counts)
            {
                _counts[(instrument.Name, tags[0].Value)] = _counts.GetValueOrDefault((instrument.Name, tags[0].Value)) + value;
            }
        });
        _counting.Start();
        _time = new();
        _health = new(TimeSpan.FromSeconds(60), _time);
        _isEligible = true;
        _server = await WebServer.StartAsync(NullLogger.Instance, default);
        _port = _server.Open(new(IPAddress.Loopback, 0), new HealthSite(_health, () => _isEligible, _meter).Answer);
    }

    [TearDown]
    public async Task Stop()
    {
        _port.Dispose();
        await _server.DisposeAsync();
        _counting.Dispose();
        _meter.Dispose();
    }

    [Test]
    public async Task Healthz_Healthy_IsAsKubeProxyWritesIt()
    {
        _health.Begin([IpFamily.IPv4, IpFamily.IPv6]);
        _time.Advance(TimeSpan.FromSeconds(60.5));

        var answer = await Http.AskAsync(_port.Address, "/healthz");

        Assert.That(answer.Code, Is.EqualTo(200));
        Assert.That(answer.Body, Is.EqualTo(
            At("""{"lastUpdated":"LATER","currentTime":"LATER","nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"BEGUN","healthy":true},"IPv6":{"lastUpdated":"BEGUN","healthy":true}}}""")));
        Assert.That(answer.Headers, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["Content-Type"] = "application/json",
            ["X-Content-Type-Options"] = "nosniff",
        }));
    }

    [Test]
    public async Task Livez_Healthy_SaysNothingOfTheNode()
    {
        _health.Begin([IpFamily.IPv4]);

        var answer = await Http.AskAsync(_port.Address, "/livez");

        Assert.That(answer.Code, Is.EqualTo(200));
        Assert.That(answer.Body, Is.EqualTo(
            At("""{"lastUpdated":"BEGUN","currentTime":"BEGUN","healthy":true,"status":{"IPv4":{"lastUpdated":"BEGUN","healthy":true}}}""")));
    }

    [Test]
    public async Task NodeThatGoes_FailsHealthzAlone_AndIsStillAHealthyProxy()
    {
        _health.Begin([IpFamily.IPv4]);
        _time.Advance(TimeSpan.FromSeconds(60.5));
        _isEligible = false;

        var healthz = await Http.AskAsync(_port.Address, "/healthz");
        var livez = await Http.AskAsync(_port.Address, "/livez");

        Assert.That((healthz.Code, livez.Code), Is.EqualTo((503, 200)));
        Assert.That(healthz.Body, Does.StartWith(
            At("""{"lastUpdated":"BEGUN","currentTime":"LATER","nodeEligible":false,"healthy":true,""")));
    }

    [Test]
    public async Task LateProxy_FailsBoth()
    {
        _health.Begin([IpFamily.IPv4]);
        _health.Queue();
        _time.Advance(TimeSpan.FromSeconds(60.5));

        var healthz = await Http.AskAsync(_port.Address, "/healthz");
        var livez = await Http.AskAsync(_port.Address, "/livez");

        Assert.That((healthz.Code, livez.Code), Is.EqualTo((503, 503)));
        Assert.That(livez.Body, Is.EqualTo(
            At("""{"lastUpdated":"BEGUN","currentTime":"LATER","healthy":false,"status":{"IPv4":{"lastUpdated":"BEGUN","healthy":false}}}""")));
    }

    [Test]
    public async Task NoFamilyHasBegun_StatusIsAbsent()
    {
        var answer = await Http.AskAsync(_port.Address, "/livez");

        Assert.That((answer.Code, answer.Body), Is.EqualTo((200, At("""{"lastUpdated":"BEGUN","currentTime":"BEGUN","healthy":true}"""))));
    }

    [Test]
    public async Task NoFamilyHasBegun_NodeIsNotEligible_WasUpdatedAtTheZeroTime()
    {
        _isEligible = false;

        var answer = await Http.AskAsync(_port.Address, "/healthz");

        Assert.That(answer.Body, Does.StartWith("""{"lastUpdated":"0001-01-01T00:00:00Z","""));
    }

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("HEAD")]
    [TestCase("WHATEVER")]
    public async Task AnyMethod_IsAnswered(string method) =>
        Assert.That((await Http.AskAsync(_port.Address, "/healthz", method)).Code, Is.EqualTo(200));

    [TestCase("/")]
    [TestCase("/healthz/")]
    [TestCase("/Healthz")]
    [TestCase("/metrics")]
    public async Task OtherPath_IsNotFound(string path)
    {
        var answer = await Http.AskAsync(_port.Address, path);

        Assert.That((answer.Code, answer.Body), Is.EqualTo((404, "404 page not found\n")));
    }

    [Test]
    public async Task Answers_AreCountedByCode()
    {
        await Http.AskAsync(_port.Address, "/healthz");
        await Http.AskAsync(_port.Address, "/livez");
        _isEligible = false;
        await Http.AskAsync(_port.Address, "/healthz");
        await Http.AskAsync(_port.Address, "/healthz?verbose");

        Assert.That(_counts, Is.EquivalentTo(new Dictionary<(string, object?), long>
        {
            [("kubeproxy_proxy_healthz_total", "200")] = 1,
            [("kubeproxy_proxy_healthz_total", "503")] = 2,
            [("kubeproxy_proxy_livez_total", "200")] = 1,
        }));
    }

    private static string At(string json) => json.Replace("BEGUN", Begun, StringComparison.Ordinal).Replace("LATER", Later, StringComparison.Ordinal);

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter == _meter)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }
}
