using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Unit.Cluster.Api.Http;

public sealed class RequestPaceTests
{
    private readonly ManualTime _time = new();

    [Test]
    public void Burst_GoesAtOnce_AndTheRestInTurn()
    {
        var pace = new RequestPace(perSecond: 5, burst: 3, _time);

        Assert.That(Turns(pace, 5), Is.EqualTo(new[] { 0, 0, 0, 200, 400 }));
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.That(Turns(pace, 1), Is.EqualTo(new[] { 300 }));
    }

    [Test]
    public void Quiet_RefillsTheBurst_AndNoMore()
    {
        var pace = new RequestPace(perSecond: 5, burst: 2, _time);
        Turns(pace, 2);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.That(Turns(pace, 3), Is.EqualTo(new[] { 0, 0, 200 }));
    }

    [TestCase(-1)]
    [TestCase(0)]
    public void NoLimit_IsNone(int perSecond) =>
        Assert.That(Turns(new RequestPace(perSecond, burst: 1, _time), 1000), Is.All.Zero);

    [Test]
    public void NoBurst_LetsOneGo() => Assert.That(Turns(new RequestPace(perSecond: 1, burst: 0, _time), 2), Is.EqualTo(new[] { 0, 1000 }));

    private static int[] Turns(RequestPace pace, int requests) =>
        [.. Enumerable.Range(0, requests).Select(_ => (int)Math.Round(pace.Reserve().TotalMilliseconds))];
}
