using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster.Api;

namespace KubeProxyNext.Unit.Cluster.Events;

internal sealed class RecentEventsTests
{
    private static readonly ObjectName Web = new("shop", "web");

    private readonly ManualTime _time = new();

    [Test]
    public void TooMany_TheOldestIsForgotten()
    {
        var recent = new RecentEvents(_time);

        for (var i = 0; i < 1025; i++)
        {
            recent.Add(Web, "R", $"{i}");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.That((recent.Has(Web, "R", "0"), recent.Has(Web, "R", "1"), recent.Has(Web, "R", "1024")), Is.EqualTo((false, true, true)));
    }

    [Test]
    public void LogRecorder_WritesALineForEachOfTheSame_OncePerTenMinutes()
    {
        var log = new LogList();
        var recorder = new LogEventRecorder(log.For<LogEventRecorder>(), _time);

        recorder.Warn(Web, default, "R", "A", "note");
        recorder.Warn(Web, default, "R", "A", "note");
        _time.Advance(TimeSpan.FromMinutes(10));
        recorder.Warn(Web, default, "R", "A", "note");

        Assert.That(log.Lines.Select(line => line.Text), Is.EqualTo(new[] { "Service shop/web: R: note", "Service shop/web: R: note" }));
    }
}
