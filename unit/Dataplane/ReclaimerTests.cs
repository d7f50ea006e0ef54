using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

public sealed class ReclaimerTests
{
    [Test]
    public void Collect_BeforeTheGracePeriodEnds_HoldsBack()
    {
        using var end = new ManualResetEventSlim();
        var reused = 0;
        var reclaimer = new Reclaimer(end.Wait);

        reclaimer.Retire(() => reused++);
        reclaimer.Collect();
        reclaimer.Collect();

        Assert.That(reused, Is.Zero);
        end.Set();
        reclaimer.Drain();
        Assert.That(reused, Is.EqualTo(1));
        Assert.That(reclaimer.IsIdle);
    }

    [Test]
    public void Retire_WhileWaiting_WaitsForAPeriodOfItsOwn()
    {
        using var periods = new SemaphoreSlim(0);
        using var waited = new SemaphoreSlim(0);
        var order = new List<string>();
        var reclaimer = new Reclaimer(() =>
        {
            periods.Wait();
            waited.Release();
        });

        reclaimer.Retire(() => order.Add("first"));
        reclaimer.Collect();
        reclaimer.Retire(() => order.Add("second"));
        periods.Release();
        waited.Wait();

        while (order.Count == 0)
        {
            reclaimer.Collect();
        }

        Assert.That(order, Is.EqualTo(new[] { "first" }), "the second was retired after the period began");
        periods.Release();
        reclaimer.Drain();
        Assert.That(order, Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public void Wait_Fails_NothingIsReusedAndItIsToldAndTriedAgain()
    {
        var fail = true;
        var reused = 0;
        var reclaimer = new Reclaimer(() =>
        {
            if (fail)
            {
                throw new InvalidOperationException("no grace");
            }
        });
        reclaimer.Retire(() => reused++);

        Assert.That(reclaimer.Drain, Throws.InvalidOperationException);
        Assert.That(reused, Is.Zero);

        fail = false;
        reclaimer.Drain();
        Assert.That(reused, Is.EqualTo(1));
    }
}
