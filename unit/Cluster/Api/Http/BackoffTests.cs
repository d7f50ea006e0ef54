using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

public sealed class BackoffTests
{
    private ManualTime _time = null!;
    private Backoff _backoff = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new ManualTime();
        _backoff = new Backoff(new BackoffOptions(), _time, new Random(1));
    }

    [Test]
    public void Delays_Double_UpToTheLongest_WithHalfOfThemChance()
    {
        double[] full = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30];

        foreach (var seconds in full)
        {
            Assert.That(_backoff.Next(null).TotalSeconds, Is.InRange(seconds / 2, seconds));
        }
    }

    [Test]
    public void Delays_DifferFromNodeToNode()
    {
        var other = new Backoff(new BackoffOptions(), _time, new Random(2));

        Assert.That(_backoff.Next(null), Is.Not.EqualTo(other.Next(null)));
    }

    [Test]
    public void HealthyTime_StartsOver_AShorterOneDoesNot()
    {
        _backoff.Next(null);
        _time.Advance(_backoff.Next(null) + TimeSpan.FromMinutes(1));
        Assert.That(_backoff.Next(null).TotalSeconds, Is.InRange(1.6, 3.2));

        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.That(_backoff.Next(null).TotalSeconds, Is.InRange(0.4, 0.8));
    }

    [Test]
    public void RetryAfter_IsHonoured_WithinReason()
    {
        Assert.That(_backoff.Next(TimeSpan.FromSeconds(20)).TotalSeconds, Is.InRange(20.4, 20.8));
        Assert.That(_backoff.Next(TimeSpan.FromDays(1)).TotalMinutes, Is.InRange(5, 5.1));
    }
}
