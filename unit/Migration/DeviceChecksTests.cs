using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Migration.Checks;
using KubeProxyNext.Unit.Dataplane.Devices;

namespace KubeProxyNext.Unit.Migration;

/// <summary>Programs of others at devices are named, by links and as filters, and ours are not.</summary>
[TestFixture(DeviceAttach.Tcx, "knows_checksum_ at eth0, eth1")]
[TestFixture(DeviceAttach.Clsact, "filter knows_checksum_ at eth0, eth1")]
public sealed class DeviceChecksTests(DeviceAttach kind, string expected) : DevicesFixture
{
    private protected override DeviceAttach? Kind => kind;

    [Test]
    public void Ours_AreNoOthers()
    {
        Serve(Eth0, Eth1);

        Assert.That(Line(), Is.EqualTo((CheckResult.Passed, "none")));
    }

    [Test]
    public void Others_AreNamedWithTheirDevices()
    {
        using var first = new OthersPrograms(Network, Eth0.Index, kind);
        using var second = new OthersPrograms(Network, Eth1.Index, kind);
        first.AttachBefore();
        second.AttachBefore();
        Serve(Eth0, Eth1);

        Assert.That(Line(), Is.EqualTo((CheckResult.Warning, expected)));
    }

    private (CheckResult, string) Line() => Network.Run(() => DeviceChecks.Run(Pins.Bpffs)) is var line ? (line.Result, line.Found) : default;
}
