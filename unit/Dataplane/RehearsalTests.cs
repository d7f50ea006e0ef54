using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>What a start needs is tried without a trace.</summary>
[RequiresBpf]
public sealed class RehearsalTests : PinsFixture
{
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void Run_WhileAnotherWorks_LeavesWhatIsPinnedAndAttached()
    {
        using var dataplane = KernelDataplane.Load(Pins.Bpffs, Pins.Cgroup, [IpFamily.IPv4, IpFamily.IPv6], Small);
        dataplane.Attach();
        var pins = Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories);

        Rehearsal.Run(Pins.Cgroup, [IpFamily.IPv4, IpFamily.IPv6], servesDevices: true);

        Assert.That(Directory.GetFiles(Pins.Bpffs, "*", SearchOption.AllDirectories), Is.EquivalentTo(pins));
        Assert.That(dataplane.Audit().Drifts, Is.Empty);
    }

    [Test]
    public void Run_CgroupIsMissing_IsRefused() =>
        Assert.That(() => Rehearsal.Run("/nonexistent", [IpFamily.IPv4], servesDevices: false), Throws.TypeOf<BpfException>().With.Message.Contains("open cgroup /nonexistent"));
}
