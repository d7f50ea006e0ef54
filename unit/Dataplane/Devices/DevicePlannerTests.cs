using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>Which devices get programs, and what programs know of all of them.</summary>
public sealed class DevicePlannerTests
{
    private static readonly NetworkState Network = DeviceRolesTests.Network(
        ["1 lo loopback", "2 eth0 up", "3 eth1 up", "4 flannel.1 vxlan up", "5 cni0 bridge up", "6 veth1 veth up elsewhere master=5", "7 tun0 tun up type=65534"],
        [2], "2 192.0.2.5", "2 192.0.2.6", "2 2001:db8::5", "5 10.244.1.1");

    [TestCase("auto", false, ExpectedResult = "eth0 flannel.1 (cni0) tun0")]
    [TestCase("auto", true, ExpectedResult = "eth0 flannel.1 cni0 tun0")]
    [TestCase("auto,!flannel*", true, ExpectedResult = "eth0 (flannel.1) cni0 tun0")]
    [TestCase("!cni0", true, ExpectedResult = "eth0 flannel.1 (cni0) tun0")]
    [TestCase("auto,eth1", false, ExpectedResult = "eth0 eth1 flannel.1 (cni0) tun0")]
    [TestCase("eth0,cni0", false, ExpectedResult = "eth0 (flannel.1) cni0 (tun0)")]
    [TestCase("eth?", true, ExpectedResult = "eth0 eth1 (flannel.1) (cni0) (tun0)")]
    [TestCase("veth1", true, ExpectedResult = "(eth0) (flannel.1) (cni0) veth1 (tun0)")]
    [TestCase("eth*, !eth1", true, ExpectedResult = "eth0 (flannel.1) (cni0) (tun0)")]
    public string Devices_ThatAreServed_AndThoseThatAreOnlyKnown(string options, bool servesPods) =>
        string.Join(' ', Plan(options, servesPods).Select(plan => plan.IsServed ? plan.Name : $"({plan.Name})"));

    [Test]
    public void Plan_SaysWhatProgramsAreToKnow()
    {
        var plans = Plan("auto", servesPods: false).ToDictionary(plan => plan.Name);

        Assert.That(plans["eth0"], Is.EqualTo(new DevicePlan(2, "eth0") { IsUplink = true, IPv4 = IpAddress.Parse("192.0.2.5"), IPv6 = IpAddress.Parse("2001:db8::5") }));
        Assert.That(plans["cni0"], Is.EqualTo(new DevicePlan(5, "cni0", IsServed: false, HasPods: true) { IPv4 = IpAddress.Parse("10.244.1.1") }));
        Assert.That(plans["tun0"].HasEthernet, Is.False);
    }

    [Test]
    public void Detector_ByDevice_TellsThatPodsAreBehindIt()
    {
        var plans = new DevicePlanner(new(IsAuto: true), name => name is "eth1" or "cni0").Plan(Network, [], servesPods: true).ToDictionary(plan => plan.Name);

        Assert.That(plans.Values.Where(plan => plan.IsDetected).Select(plan => plan.Name), Is.EqualTo(new[] { "eth1", "cni0" }));
        Assert.That((plans["eth1"].HasPods, plans["eth1"].IsServed), Is.EqualTo((true, true)));
    }

    [TestCase("")]
    [TestCase("none")]
    public void Options_None_NoDeviceIsEverServed(string text) => Assert.That(DeviceOptions.TryParse(text, out _)!.IsNone, Is.True);

    [TestCase("eth0,none")]
    [TestCase("eth 0")]
    [TestCase("a/b")]
    [TestCase("!")]
    [TestCase("!!eth0")]
    [TestCase("a-name-that-is-too-long")]
    public void Options_WhatIsNoName_IsRefused(string text)
    {
        Assert.That(DeviceOptions.TryParse(text, out var error), Is.Null);
        Assert.That(error, Does.StartWith("--devices"));
    }

    private static IReadOnlyList<DevicePlan> Plan(string options, bool servesPods) =>
        new DevicePlanner(DeviceOptions.TryParse(options, out _)!).Plan(Network, [], servesPods);
}
