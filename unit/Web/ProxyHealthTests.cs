using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster.Api;
using KubeProxyNext.Web.Health;

namespace KubeProxyNext.Unit.Web;

/// <summary>When the proxy is healthy: behaviour 7.1.</summary>
internal sealed class ProxyHealthTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();
    private ProxyHealth _health = null!;

    [SetUp]
    public void Begin()
    {
        _health = new(Timeout, _time);
        _health.Begin([IpFamily.IPv4, IpFamily.IPv6]);
    }

    [Test]
    public void NothingChanges_ForDays_IsHealthy()
    {
        _time.Advance(TimeSpan.FromDays(7));

        Assert.That(_health.Read().IsHealthy, Is.True);
    }

    [Test]
    public void NoFamily_HasBegun_IsHealthyAndWasNeverUpdated()
    {
        var health = new ProxyHealth(Timeout, _time);
        health.Queue();
        _time.Advance(Timeout);

        var report = health.Read();

        Assert.That((report.IsHealthy, report.Families.Count, report.LastUpdated), Is.EqualTo((true, 0, DateTimeOffset.MinValue)));
    }

    [TestCase(59.999, true)]
    [TestCase(60, false)]
    public void Change_IsNotServed_IsUnhealthyFromTheTimeoutOn(double seconds, bool isHealthy)
    {
        _health.Queue();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.That(_health.Read().IsHealthy, Is.EqualTo(isHealthy));
    }

    [Test]
    public void FurtherChanges_DoNotMoveWhatTheFirstBegan()
    {
        _health.Queue();
        _time.Advance(TimeSpan.FromSeconds(40));
        _health.Queue();
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.That(_health.Read().IsHealthy, Is.False);
    }

    [Test]
    public void Sync_HangsForTheTimeout_IsUnhealthy()
    {
        _health.Queue();
        _health.Take();
        _time.Advance(Timeout);

        Assert.That(_health.Read().IsHealthy, Is.False);
    }

    [Test]
    public void ChangeDuringASync_IsNotServedWithIt()
    {
        _health.Queue();
        _health.Take();
        _health.Queue();
        Complete();
        _time.Advance(Timeout);

        Assert.That(_health.Read().IsHealthy, Is.False);
    }

    [Test]
    public void OneFamily_IsLate_RecoversWithItsOwnSuccessAlone()
    {
        _health.Queue();
        _health.Take();
        _health.Complete(IpFamily.IPv4);
        _time.Advance(Timeout);
        _health.Take();
        _health.Complete(IpFamily.IPv4);
        var late = _health.Read();
        _health.Complete(IpFamily.IPv6);

        Assert.That(late.Families.Select(family => (family.Family, family.IsHealthy)), Is.EqualTo(new[] { (IpFamily.IPv4, true), (IpFamily.IPv6, false) }));
        Assert.That(_health.Read().IsHealthy, Is.True);
    }

    [Test]
    public void RetryWithNothingQueued_Fails_StaysHealthy()
    {
        _health.Take();
        _time.Advance(Timeout);

        Assert.That(_health.Read().IsHealthy, Is.True);
    }

    [Test]
    public void LastUpdated_IsTheNewestOfTheFamilies()
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        _health.Complete(IpFamily.IPv6);
        var updated = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.That(_health.Read().LastUpdated, Is.EqualTo(updated));
    }

    private void Complete()
    {
        _health.Complete(IpFamily.IPv4);
        _health.Complete(IpFamily.IPv6);
    }
}
