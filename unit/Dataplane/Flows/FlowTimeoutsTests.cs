using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>Behaviour 6.2: kube-proxy's options, and nf_conntrack's own timeouts where they are not given.</summary>
public sealed class FlowTimeoutsTests
{
    private static readonly TimeSpan Hz250 = TimeSpan.FromMilliseconds(4);

    [Test]
    public void Zero_IsWhatConntrackHasByItself()
    {
        var tested = new FlowTimeouts(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(999));

        Assert.That(tested.Of(FlowState.Established), Is.EqualTo(TimeSpan.FromDays(5)));
        Assert.That(tested.Of(FlowState.CloseWait), Is.EqualTo(TimeSpan.FromSeconds(60)));
        Assert.That(tested.Of(FlowState.Udp), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(tested.Of(FlowState.UdpStream), Is.EqualTo(TimeSpan.FromSeconds(120)));
    }

    [Test]
    public void Default_IsKubeProxys()
    {
        Assert.That(FlowTimeouts.Default.Of(FlowState.Established), Is.EqualTo(TimeSpan.FromDays(1)));
        Assert.That(FlowTimeouts.Default.Of(FlowState.CloseWait), Is.EqualTo(TimeSpan.FromHours(1)));
    }

    [Test]
    public void Given_IsInWholeSeconds() =>
        Assert.That((FlowTimeouts.Default with { Udp = TimeSpan.FromSeconds(7.9) }).Of(FlowState.Udp), Is.EqualTo(TimeSpan.FromSeconds(7)));

    [TestCase(100, 100)]
    [TestCase(1000, 300)]
    public void Unanswered_NeverOutlivesEstablished(int established, int seconds) => Assert.That(
        (FlowTimeouts.Default with { TcpEstablished = TimeSpan.FromSeconds(established) }).Of(FlowState.Unanswered), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void Ticks_AreRoundedUp()
    {
        var ticks = (FlowTimeouts.Default with { Udp = TimeSpan.FromSeconds(1), TcpEstablished = TimeSpan.FromDays(36_500) }).ToTicks(Hz250);

        Assert.That(ticks[(int)FlowState.Udp], Is.EqualTo(1), "a tick is 1.024 s");
        Assert.That(ticks[(int)FlowState.Closed], Is.EqualTo(10));
        Assert.That(ticks[(int)FlowState.SynSent], Is.EqualTo(118));
        Assert.That(ticks[(int)FlowState.Established], Is.EqualTo(int.MaxValue), "the clock is compared as a signed number");
    }

    // CONFIG_HZ is one of a few numbers; none of them has jiffies that are no whole number of ticks of ours, 300 aside.
    [Test]
    public void Jiffy_IsOneOfTheLengthsThatKernelsHave() =>
        Assert.That(Math.Round(1 / Jiffies.Length.TotalSeconds), Is.AnyOf(100, 250, 300, 1000));
}
