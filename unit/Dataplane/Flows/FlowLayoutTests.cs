using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Flows;

/// <summary>What the sweep is told and what it tells, against the BTF of the built objects.</summary>
public sealed class FlowLayoutTests
{
    [Test]
    public void Sweep_LiesWhereBtfSays([Values] IpFamily family)
    {
        using var built = ExpiryObject.Open(family);

        Assert.That(Layout.SizeOf(typeof(FlowSweepValue)), Is.EqualTo(built.Btf.StructSize("flow_sweep")));
        Assert.That(Layout.Of(typeof(FlowSweepValue)), Is.EqualTo(Layout.InBtf(built.Btf, "flow_sweep")));
    }

    [Test]
    public void Timeouts_AreAsManyAsThereAreStates([Values] IpFamily family)
    {
        using var built = ExpiryObject.Open(family);

        Assert.That(() => built.SetConstant("flow_timeouts", FlowTimeouts.Default.ToTicks(Jiffies.Length)), Throws.Nothing);
    }
}
