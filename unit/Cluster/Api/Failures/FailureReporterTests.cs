using System.Diagnostics.Metrics;
using System.Net.Sockets;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Failures;

public sealed class FailureReporterTests
{
    private static readonly HttpRequestException Refused = new("no", new SocketException((int)SocketError.ConnectionRefused));
    private static readonly ApiException Unauthorized = new(new ApiStatus(401, "Unauthorized", "no"), null);
    private static readonly ApiException Forbidden = new(new ApiStatus(403, "Forbidden", "no"), null);

    private ManualTime _time = null!;
    private LogList _log = null!;
    private Meter _meter = null!;
    private FailureReporter _reporter = null!;

    [SetUp]
    public void SetUp()
    {
        (_time, _log, _meter) = (new(), new(), new("test"));
        var config = new ApiServerConfig { Server = new Uri("https://10.0.0.1:6443"), Origin = "the test" };
        _reporter = new FailureReporter(config, new ApiMetrics(_meter), _log.For<FailureReporter>(), _time);
    }

    [TearDown]
    public void TearDown() => _meter.Dispose();

    [Test]
    public void SameTrouble_OfAllResources_IsSaidOnce_AndAgainAfterAWhile()
    {
        Fail("services", Refused);
        Fail("endpointslices", Refused);
        Fail("services", Refused);
        Assert.That(_log.Errors, Has.Count.EqualTo(1));

        _time.Advance(TimeSpan.FromMinutes(11));
        Fail("services", Refused);

        Assert.That(_log.Errors, Has.Count.EqualTo(2));
    }

    [Test]
    public void Trouble_ThatChanges_IsSaid()
    {
        Fail("services", Refused);
        Fail("services", Unauthorized);
        Fail("services", Refused);

        Assert.That(_log.Errors, Has.Count.EqualTo(3));
    }

    [Test]
    public void Forbidden_IsSaidOfEachResource()
    {
        Fail("services", Forbidden);
        Fail("nodes", Forbidden);
        Fail("services", Forbidden);

        Assert.That(_log.Errors, Has.Count.EqualTo(2));
        Assert.That(_log.Errors[^1], Does.Contain("nodes").And.Contain("ClusterRole").And.Contain("the test"));
    }

    [Test]
    public void Recovery_IsSaidOnce_WhenTheLastResourceIsBack()
    {
        Fail("services", Refused);
        Fail("nodes", Refused);

        _reporter.Succeeded("services");
        Assert.That(_log.Lines.Select(l => l.Text), Has.None.Contains("answers again"), "nodes are still missing");
        _reporter.Succeeded("nodes");
        _reporter.Succeeded("nodes");

        Assert.That(_log.Lines.Count(l => l.Text.Contains("answers again", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    private void Fail(string resource, Exception failure) => _reporter.Failed(resource, failure, TimeSpan.Zero);
}
