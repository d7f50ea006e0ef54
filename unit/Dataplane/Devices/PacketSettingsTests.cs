using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>What packet programs are told.</summary>
public sealed class PacketSettingsTests : DevicesFixture
{
    [Test]
    public void Configured_BeforeAnyDeviceIsServed_IsWrittenWithTheFirst()
    {
        Tested.Devices!.Configure(new() { Ports = (2000, 3000), MasqueradeAll = true, NodeAddresses = [Ip("fd00::5"), Ip("198.51.100.5"), Ip("198.51.100.6")] });
        Serve(Eth0);

        Assert.That((Settings.PortFirst, Settings.PortLast, Settings.MasqueradeAll, Settings.Node.ToIpAddress()),
            Is.EqualTo((2000, 3000, 1, Ip("198.51.100.5"))));
        Assert.That(Settings.Detector, Is.EqualTo(LocalDetector.None));
    }

    [Test]
    public void Detector_ByNetwork_GoesByTheFirstOneOfTheFamily()
    {
        Serve(Eth0);

        Tested.Devices!.Configure(new() { Detector = LocalDetector.Network, Pods = [Net("fd00:10::/64"), Net("10.244.0.0/16"), Net("10.99.0.0/16")] });

        Assert.That((Settings.Detector, Settings.Pods.ToNetwork()), Is.EqualTo((LocalDetector.Network, Net("10.244.0.0/16"))));
    }

    [Test]
    public void Detector_ByNetworkOfTheOtherFamilyAlone_IsNone()
    {
        Serve(Eth0);
        Tested.Devices!.Configure(new() { Detector = LocalDetector.Network, Pods = [Net("10.244.0.0/16")] });

        Tested.Devices!.Configure(new() { Detector = LocalDetector.Network, Pods = [Net("fd00:10::/64")] });

        Assert.That(Settings.Detector, Is.EqualTo(LocalDetector.None));
    }

    [TestCase(1024, 29999, 40000, 50000)]
    [TestCase(40000, 50000, 1024, 29999)]
    [TestCase(1024, 29999, 20000, 50000)]
    public void Ports_Change_AreTheNewOnes(int first, int last, int thenFirst, int thenLast)
    {
        Serve(Eth0);
        Tested.Devices!.Configure(new() { Ports = ((ushort)first, (ushort)last) });

        Tested.Devices!.Configure(new() { Ports = ((ushort)thenFirst, (ushort)thenLast) });

        Assert.That((Settings.PortFirst, Settings.PortLast), Is.EqualTo((thenFirst, thenLast)));
    }

    [Test]
    public void NextHops_AreForgotten_GenerationIsAnotherAndNeverZero()
    {
        Serve(Eth0);
        var first = Settings.HopGeneration;
        Assert.That(first, Is.Positive);

        Tested.Devices!.ForgetNextHops();
        var second = Settings.HopGeneration;
        Restart(DeviceAttach.Tcx);
        Serve(Eth0);

        Assert.That(second, Is.EqualTo(first + 1));
        Assert.That(Settings.HopGeneration, Is.GreaterThan(second), "what a process before remembered may be wrong now");
    }

    [Test]
    public void NextHops_DeviceIsAnother_AreForgotten()
    {
        Serve(Eth0);
        var before = Settings.HopGeneration;

        Serve(Eth0 with { HasPods = true });

        Assert.That(Settings.HopGeneration, Is.GreaterThan(before), "they say of what kind their device is");
    }

    private PacketSettingsValue<Address4> Settings => Tested.PacketSettings!.Value;

    private static IpAddress Ip(string text) => IpAddress.Parse(text);

    private static IpNetwork Net(string text) => KubeProxyNext.Unit.Builders.Text.Network(text);
}
