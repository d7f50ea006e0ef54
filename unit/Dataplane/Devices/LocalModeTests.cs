using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>What follows from options and Services for packets from outside.</summary>
public sealed class LocalModeTests
{
    private static readonly Node Own = new("node-a", PodCidrs: [Network("10.244.1.0/24"), Network("fd00:1::/64")]);

    [TestCase(null, "10.244.0.0/16", ExpectedResult = "Network 10.244.0.0/16")]
    [TestCase("", "", ExpectedResult = "Network ")]
    [TestCase("ClusterCIDR", "10.244.0.0/16,fd00::/48", ExpectedResult = "Network 10.244.0.0/16 fd00::/48")]
    [TestCase("ClusterCIDR", "fd00::/48, 10.244.0.0/16", ExpectedResult = "Network fd00::/48 10.244.0.0/16")]
    [TestCase("NodeCIDR", "not looked at", ExpectedResult = "Network 10.244.1.0/24 fd00:1::/64")]
    [TestCase("BridgeInterface", "not looked at", ExpectedResult = "Device ")]
    [TestCase("InterfaceNamePrefix", "", ExpectedResult = "Device ")]
    [TestCase("Whatever", "not looked at", ExpectedResult = "None ")]
    public string Mode_TellsPodsBy(string? mode, string clusterCidr)
    {
        var parsed = LocalMode.TryParse(mode, clusterCidr, "cni0", "veth", out _)!;
        return $"{parsed.Detector} {string.Join(' ', parsed.PodsOf(Own))}";
    }

    [TestCase("ClusterCIDR", "10.244.0.0/16,10.245.0.0/16", null, null, "--cluster-cidr")]
    [TestCase("ClusterCIDR", "10.244.0.0/16,fd00::/48,10.245.0.0/16", null, null, "--cluster-cidr")]
    [TestCase("", "10.244.0.0", null, null, "--cluster-cidr")]
    [TestCase(null, "10.244.0.0/16,", null, null, "--cluster-cidr")]
    [TestCase("BridgeInterface", null, null, "veth", "--pod-bridge-interface")]
    [TestCase("BridgeInterface", null, "", null, "--pod-bridge-interface")]
    [TestCase("InterfaceNamePrefix", null, "cni0", "", "--pod-interface-name-prefix")]
    public void Mode_WithoutWhatItNeeds_IsRefused(string? mode, string? clusterCidr, string? bridge, string? prefix, string option)
    {
        Assert.That(LocalMode.TryParse(mode, clusterCidr, bridge, prefix, out var error), Is.Null);
        Assert.That(error, Does.Contain(option));
    }

    [TestCase("BridgeInterface", ExpectedResult = "cni0")]
    [TestCase("InterfaceNamePrefix", ExpectedResult = "veth veth1")]
    public string Mode_ByDevice_GoesByItsName(string mode) =>
        string.Join(' ', new[] { "cni0", "cni01", "xcni0", "veth", "veth1", "vet", "xveth" }.Where(LocalMode.TryParse(mode, null, "cni0", "veth", out _)!.IsDetected!));

    [TestCase("ClusterCIDR", "10.244.0.0/16", ExpectedResult = "IPv6")]
    [TestCase("ClusterCIDR", "", ExpectedResult = "IPv4 IPv6")]
    [TestCase("NodeCIDR", "", ExpectedResult = "")]
    [TestCase("BridgeInterface", "", ExpectedResult = "")]
    public string Family_WithoutANetwork_HasNoDetector(string mode, string clusterCidr) =>
        string.Join(' ', LocalMode.TryParse(mode, clusterCidr, "cni0", "veth", out _)!.Undetected([IpFamily.IPv4, IpFamily.IPv6], Own));

    [TestCase(32768, 60999, ExpectedResult = "1024-29999")]
    [TestCase(15000, 60999, ExpectedResult = "1024-14999")]
    [TestCase(1024, 40000, ExpectedResult = "40001-65535")]
    [TestCase(1024, 65535, ExpectedResult = null)]
    [TestCase(30000, 32767, ExpectedResult = "32768-65535")]
    [TestCase(61000, 65535, ExpectedResult = "1024-29999")]
    public string? SnatPorts_AreNeitherEphemeralNorNodePorts(int first, int last) =>
        SnatPorts.Choose(new((ushort)first, (ushort)last)) is { } range ? $"{range.First}-{range.Last}" : null;

    [Test]
    public void PodDevices_AreNeededFromTheFirstServiceOn_ThatCannotDoWithout()
    {
        var needs = new PodDeviceNeeds();
        needs.Take(Plan("inside", "10.96.0.10:80", "10.244.1.5:80"));
        needs.Take(With(External(FrontendKind.NodePort, "0.0.0.0:30080", TrafficPolicy.Local)));
        Assert.That(needs.First.IsCompleted, Is.False);

        needs.Take(With(External(FrontendKind.LoadBalancerIP, "198.51.100.1:80")));
        needs.Take(Gone("web"));

        Assert.That(needs.First.IsCompleted, Is.True, "and it stays so");
    }

    [Test]
    public void PodDevices_AreNeededForSctp()
    {
        var needs = new PodDeviceNeeds();

        needs.Take(Service("sctp", Port("", Protocol.Sctp, ["10.96.0.10:80"], "10.244.1.5:80")));

        Assert.That(needs.First.IsCompleted, Is.True);
    }

    private static ServicePlan With(Frontend external) =>
        Service("web", Port("", Protocol.Tcp, ["10.96.0.10:80"], "10.244.1.5:80") with { Frontends = [ClusterIP("10.96.0.10:80"), external] });

    private static IpNetwork Network(string text) => KubeProxyNext.Unit.Builders.Text.Network(text);
}
